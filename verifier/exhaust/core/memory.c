/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a run changes: the core's and the policy's variables, and what they allocated. Few pages of it are ever written;
 * they are found by protecting all of them and waiting for the first write.
 */
#include "explore.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define PAGE 4096ULL
#define MAX_PAGES 2048
#define ARENA (64ULL << 20)
#define STACK (1 << 16)

/* ---- the allocator: nothing is used twice, as it is all set back at once */

static char arena[ARENA] __attribute__((aligned(4096)));
static u64 arena_used;

void *malloc(size_t bytes)
{
	u64 *block = (u64 *)(arena + arena_used);

	if (arena_used + bytes + 32 > ARENA)
		return NULL;
	arena_used += (bytes + 31) & ~15ULL;
	block[0] = bytes;
	return block + 2;
}

void *calloc(size_t count, size_t bytes)
{
	return malloc(count * bytes);
}

void free(void *block)
{
	(void)block;
}

void *realloc(void *old, size_t bytes)
{
	char *block = malloc(bytes);

	for (u64 at = 0; old && block && at < bytes && at < block_size(old); at++)
		block[at] = ((char *)old)[at];
	return block;
}

u64 block_size(const void *block)
{
	return ((const u64 *)block)[-2];
}

/* ---- the pages that were written to */

extern char __start_sim_data[], __stop_sim_data[], __start_sim_bss[], __stop_sim_bss[];
extern char __start_policy_data[] __attribute__((weak)), __stop_policy_data[] __attribute__((weak));
extern char __start_policy_bss[] __attribute__((weak)), __stop_policy_bss[] __attribute__((weak));

struct region {
	char *from, *to;
	bool policy;
};

#define MAX_PARTS 16

struct page {
	char *from;
	u64 bytes;
	bool policy;
	/* What of it is the policy's state. */
	struct {
		u32 from, to;
	} parts[MAX_PARTS];
	u32 nr_parts;
	struct hash first;	/* of what the policy had there in the beginning */
	char initial[PAGE], kept[PAGE];
};

/* What the policy writes and never reads: made beside its program. */
struct left_out {
	void *from;
	u64 bytes;
};

extern const struct left_out left_out[];

static struct memory {
	struct region regions[4];
	struct page pages[MAX_PAGES];
	u32 nr_pages, nr_kept;
	u64 known[MAX_PAGES];
	u32 nr_known;
	void (*trap)(int number);
} *memory;

void *grab(u64 bytes)
{
	void *found = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	return found == MAP_FAILED ? NULL : found;
}

/* Words, the last one of which may be cut off. */
static void mix_bytes(struct hash *hash, const char *page, u32 from, u32 to)
{
	for (u32 at = from; at < to; at += 8) {
		u64 word = 0;

		memcpy(&word, page + at, at + 8 <= to ? 8 : to - at);
		if (!word)
			continue;
		mix(hash, at);
		mix(hash, word);
	}
}

static struct hash page_hash(const struct page *page)
{
	struct hash hash = { (u64)page->from, 0 };

	for (u32 i = 0; i < page->nr_parts; i++)
		mix_bytes(&hash, page->from, page->parts[i].from, page->parts[i].to);
	return hash;
}

static const struct left_out *around(const char *at)
{
	for (const struct left_out *out = left_out; out->from; out++)
		if (at >= (char *)out->from && at < (char *)out->from + out->bytes)
			return out;
	return NULL;
}

static void find_parts(struct page *page)
{
	bool inside = false;

	for (u32 at = 0; at < page->bytes; at++) {
		bool wanted = !around(page->from + at);

		if (wanted && !inside) {
			if (page->nr_parts == MAX_PARTS)
				refuse("a page of the policy has more than %d parts", MAX_PARTS);
			page->parts[page->nr_parts++].from = at;
		}
		if (wanted)
			page->parts[page->nr_parts - 1].to = at + 1;
		inside = wanted;
	}
}

static void add_page(const struct region *region, char *from)
{
	char *to = from + PAGE < region->to ? from + PAGE : region->to;
	struct page *page = &memory->pages[memory->nr_pages];

	from = from > region->from ? from : region->from;
	if (from >= to)
		return;
	if (memory->nr_pages++ == MAX_PAGES)
		refuse("a run changes more than %d pages", MAX_PAGES);
	page->from = from;
	page->bytes = to - from;
	page->policy = region->policy;
	memcpy(page->initial, from, page->bytes);
	if (!page->policy)
		return;
	find_parts(page);
	page->first = page_hash(page);
}

/* False where it is none of ours, or was written to before. */
static bool becomes_known(char *page)
{
	bool ours = false;

	for (u32 i = 0; i < memory->nr_known; i++)
		if (memory->known[i] == (u64)page)
			return false;
	for (u32 i = 0; i < 4; i++)
		ours |= page < memory->regions[i].to && page + PAGE > memory->regions[i].from;
	if (!ours || memory->nr_known == MAX_PAGES || mprotect(page, PAGE, PROT_READ | PROT_WRITE))
		return false;
	memory->known[memory->nr_known++] = (u64)page;
	for (u32 i = 0; i < 4; i++)
		add_page(&memory->regions[i], page);
	return true;
}

static void on_fault(int number, siginfo_t *info, void *context)
{
	(void)context;
	if (!becomes_known((char *)((u64)info->si_addr & ~(PAGE - 1))))
		memory->trap(number);
}

static void protect(const struct region *region)
{
	char *from = (char *)((u64)region->from & ~(PAGE - 1));

	if (region->from && mprotect(from, region->to - from, PROT_READ))
		refuse("memory cannot be protected");
}

void memory_begin(void (*trap)(int number))
{
	struct sigaction action = { .sa_sigaction = on_fault, .sa_flags = SA_ONSTACK | SA_SIGINFO | SA_NODEFER };
	stack_t alternate = { .ss_sp = grab(STACK), .ss_size = STACK };
	struct memory *mine = grab(sizeof(*mine));

	if (!mine || !alternate.ss_sp || sigaltstack(&alternate, NULL))
		refuse("no memory for an exploration");
	mine->regions[0] = (struct region){ __start_sim_data, __stop_sim_data, false };
	mine->regions[1] = (struct region){ __start_sim_bss, __stop_sim_bss, false };
	mine->regions[2] = (struct region){ __start_policy_data, __stop_policy_data, true };
	mine->regions[3] = (struct region){ __start_policy_bss, __stop_policy_bss, true };
	mine->trap = trap;
	memory = mine;
	sigaction(SIGSEGV, &action, NULL);
	for (u32 i = 0; i < 4; i++)
		protect(&mine->regions[i]);
}

void memory_keep(void)
{
	for (u32 i = 0; i < memory->nr_pages; i++)
		memcpy(memory->pages[i].kept, memory->pages[i].from, memory->pages[i].bytes);
	memory->nr_kept = memory->nr_pages;
}

/* A page that was first written to later is as it was in the beginning. */
void memory_restore(void)
{
	for (u32 i = 0; i < memory->nr_pages; i++) {
		struct page *page = &memory->pages[i];

		memcpy(page->from, i < memory->nr_kept ? page->kept : page->initial, page->bytes);
	}
}

void memory_reset(void)
{
	for (u32 i = 0; i < memory->nr_pages; i++)
		memcpy(memory->pages[i].from, memory->pages[i].initial, memory->pages[i].bytes);
}

void memory_hash(struct hash *hash)
{
	for (u32 i = 0; i < memory->nr_pages; i++) {
		const struct page *page = &memory->pages[i];
		struct hash now;

		if (!page->policy)
			continue;
		now = page_hash(page);
		hash->a += now.a - page->first.a;
		hash->b += now.b - page->first.b;
	}
}
