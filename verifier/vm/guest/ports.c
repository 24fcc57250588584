#include "ports.h"
#include "out.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* The ports are found by the names that the host gave them, not by their numbers. */
static int find_port(const char *wanted)
{
	DIR *ports = opendir("/sys/class/virtio-ports");
	struct dirent *entry;
	int found = -1;

	while (ports && found < 0 && (entry = readdir(ports))) {
		char path[512], name[64] = "";
		int fd, size;

		snprintf(path, sizeof(path), "/sys/class/virtio-ports/%s/name", entry->d_name);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			continue;
		size = read(fd, name, sizeof(name) - 1);
		close(fd);
		if (size > 0)
			name[strcspn(name, "\n")] = 0;
		if (strcmp(name, wanted))
			continue;
		snprintf(path, sizeof(path), "/dev/%s", entry->d_name);
		found = open(path, O_WRONLY | O_CLOEXEC);
	}
	if (ports)
		closedir(ports);
	return found;
}

int ports_open(void)
{
	int result = find_port("schedc.result");

	out_to(result);
	out_blob_to(find_port("schedc.blob"));
	return result < 0 ? -ENODEV : 0;
}
