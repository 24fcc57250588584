/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Goes before the source of each of the kernel's C schedulers: what their own loaders do between building and loading,
 * which the lab's guest does not.
 *
 * libbpf reads the kernel's config from a file, and the guest has none. The values are in the object instead, in memory
 * that is read-only when it is loaded, as libbpf's would be: so the verifier knows them, and what runs is the same.
 */
/* As their own header has it: the types, and not the functions, of which it has its own. */
#define BPF_NO_KFUNC_PROTOTYPES
#include <vmlinux.h>
#include <bpf/bpf_helpers.h>

#undef __kconfig
#define __kconfig SEC(".rodata.kconfig")

int LINUX_KERNEL_VERSION __kconfig = KERNEL_CODE;
bool CONFIG_PREEMPT_RCU __kconfig = KERNEL_PREEMPT_RCU;

#include <scx/common.bpf.h>

/* Their loaders make such an array as long as there are CPUs. */
#undef RESIZABLE_ARRAY
#define RESIZABLE_ARRAY(elfsec, arr) arr[MOST_CPUS] SEC("." #elfsec "." #arr)
