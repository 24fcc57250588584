/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The order of virtual time: a search tree over the tasks of a queue, whose list has them from left to right. By
 * their ranks, which are mixed numbers, the tasks also are a heap from the root down: so the tree is as deep as the
 * logarithm of its size, whatever the order of insertions.
 */
#include "sim.h"

static struct sim_task **place_of(struct dsq *dsq, struct sim_task *p)
{
	struct sim_task *up = p->tree_up;

	return !up ? &dsq->root : up->tree_left == p ? &up->tree_left : &up->tree_right;
}

static void hang(struct sim_task **place, struct sim_task *up, struct sim_task *p)
{
	*place = p;
	if (p)
		p->tree_up = up;
}

/* The task changes places with the one above it; the order from left to right stays. */
static void rise(struct dsq *dsq, struct sim_task *p)
{
	struct sim_task *up = p->tree_up;

	hang(place_of(dsq, up), up->tree_up, p);
	if (up->tree_left == p) {
		hang(&up->tree_left, up, p->tree_right);
		hang(&p->tree_right, p, up);
	} else {
		hang(&up->tree_right, up, p->tree_left);
		hang(&p->tree_left, p, up);
	}
}

static u64 mixed(u64 number)
{
	number = (number ^ number >> 33) * 0xff51afd7ed558ccdULL;
	number = (number ^ number >> 33) * 0xc4ceb9fe1a85ec53ULL;
	return number ^ number >> 33;
}

/* Among tasks of the same virtual time the one that came first stays first. */
struct sim_task *order_add(struct dsq *dsq, struct sim_task *p)
{
	struct sim_task **at = &dsq->root, *up = NULL, *prev = NULL;

	while (*at) {
		up = *at;
		if (before(p->t.scx.dsq_vtime, up->t.scx.dsq_vtime)) {
			at = &up->tree_left;
		} else {
			prev = up;
			at = &up->tree_right;
		}
	}
	hang(at, up, p);
	p->tree_left = p->tree_right = NULL;
	p->tree_rank = mixed(dsq->seq + 1);
	while (p->tree_up && p->tree_up->tree_rank < p->tree_rank)
		rise(dsq, p);
	return prev;
}

void order_remove(struct dsq *dsq, struct sim_task *p)
{
	while (p->tree_left && p->tree_right)
		rise(dsq, p->tree_left->tree_rank > p->tree_right->tree_rank ? p->tree_left : p->tree_right);
	hang(place_of(dsq, p), p->tree_up, p->tree_left ? p->tree_left : p->tree_right);
}
