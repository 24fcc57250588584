/* The job comes through QEMU's firmware configuration device (docs/specs/fw_cfg of QEMU). What it holds is no
 * part of a snapshot, so a file that was not there before is the sign of a new life; and it is read by the
 * guest's own instructions, at a moment that does not depend on the host. */
#define _GNU_SOURCE
#include "warm.h"
#include "out.h"
#include "util.h"

#include <bpf/bpf.h>
#include <endian.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/io.h>
#include <sys/stat.h>
#include <unistd.h>

#define SELECTOR 0x510
#define DATA 0x511
#define DIRECTORY 0x19                    /* a big-endian count, then that many entries */
#define MOST_FILES 256
#define POLL_MS 1

struct entry {
	uint32_t size;
	uint16_t select;
	uint16_t reserved;
	char name[56];
};

bool warm_wanted(void)
{
	char text[4096];

	return read_file("/proc/cmdline", text, sizeof(text)) > 0 && strstr(text, "schedc.warm");
}

static bool find(const char *name, struct entry *entry)
{
	uint32_t count;

	outw(DIRECTORY, SELECTOR);
	insb(DATA, &count, sizeof(count));
	count = be32toh(count);
	for (uint32_t i = 0; i < count && i < MOST_FILES; i++) {
		insb(DATA, entry, sizeof(*entry));
		entry->name[sizeof(entry->name) - 1] = 0;
		if (!strcmp(entry->name, name))
			return true;
	}
	return false;
}

static char *fetch(const struct entry *entry, size_t *size)
{
	char *data;

	*size = be32toh(entry->size);
	data = malloc(*size + 1);
	if (!data)
		return NULL;
	outw(be16toh(entry->select), SELECTOR);
	insb(DATA, data, *size);
	return data;
}

/* The n-th of the fields of a "newc" header: eight hexadecimal digits each, behind six of a magic number. */
static size_t field(const char *header, int n)
{
	char digits[9] = {};

	memcpy(digits, header + 6 + 8 * n, 8);
	return strtoul(digits, NULL, 16);
}

static size_t padded(size_t size)
{
	return (size + 3) & ~(size_t)3;
}

static bool write_whole(const char *path, const char *data, size_t size)
{
	FILE *file = fopen(path, "w");
	bool whole = file && fwrite(data, 1, size, file) == size;

	return file && !fclose(file) && whole;
}

/* The archive that a cold boot gets as a part of its initramfs (cpio.py): directories and plain files. */
static bool unpack(const char *archive, size_t size)
{
	enum { MODE = 1, FILE_SIZE = 6, NAME_SIZE = 11, HEADER = 110 };
	size_t at = 0;

	while (at + HEADER < size) {
		const char *header = archive + at, *name = header + HEADER;
		size_t data = padded(at + HEADER + field(header, NAME_SIZE)), length = field(header, FILE_SIZE);
		char path[256];

		if (data > size || length > size - data)
			return false;
		if (!strcmp(name, "TRAILER!!!"))
			return true;
		snprintf(path, sizeof(path), "/%s", name);
		if (S_ISDIR(field(header, MODE)) ? mkdir(path, 0755) && errno != EEXIST :
						  !write_whole(path, archive + data, length))
			return false;
		at = data + padded(length);
	}
	return false;
}

/* The kernel reads its own BTF when a program first asks for it. This one asks, and is refused. */
static void let_kernel_read_btf(void)
{
	const struct bpf_insn nothing[] = { { .code = BPF_JMP | BPF_EXIT } };
	LIBBPF_OPTS(bpf_prog_load_opts, options, .attach_btf_id = 1, .expected_attach_type = BPF_TRACE_RAW_TP);
	int fd = bpf_prog_load(BPF_PROG_TYPE_TRACING, NULL, "GPL", nothing, 1, &options);

	if (fd >= 0)
		close(fd);
}

bool warm_wait(void)
{
	struct entry entry;
	size_t size;
	char *archive;

	if (ioperm(SELECTOR, 2, 1)) {
		out_error("warm", errno, "the firmware configuration device cannot be read");
		return false;
	}
	let_kernel_read_btf();
	out_begin("warm");
	out_end();
	while (!find("opt/schedc/job", &entry))
		sleep_ms(POLL_MS);
	archive = fetch(&entry, &size);
	if (!archive || !unpack(archive, size)) {
		out_error("warm", EINVAL, "the job is no archive");
		return false;
	}
	free(archive);
	return true;
}
