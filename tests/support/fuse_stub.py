"""A file system that never answers: mounts one of FUSE, answers its first request, and lets all others wait.

usage: fuse_stub.py MOUNTPOINT TYPE SOURCE    (as root; a folder or a file; TYPE is fuse.NAME or fuseblk)
"""
import ctypes
import os
import struct
import sys

INIT = 26
where, kind, source = sys.argv[1:4]
device = os.open('/dev/fuse', os.O_RDWR)
mode = '40000' if os.path.isdir(where) else '100444'
options = f'fd={device},rootmode={mode},user_id=0,group_id=0,allow_other'
if kind == 'fuseblk':
    options += ',blksize=4096'
libc = ctypes.CDLL(None, use_errno=True)
if libc.mount(source.encode(), where.encode(), kind.encode(), 6, options.encode()):
    sys.exit(f'mount: {os.strerror(ctypes.get_errno())}')
print('mounted', flush=True)
while True:
    try:
        request = os.read(device, 1 << 20)
    except OSError:
        sys.exit(0)
    opcode, unique = struct.unpack('<IQ', request[4:16])
    if opcode == INIT:
        body = struct.pack('<IIIIHHIIHH', 7, 31, 65536, 0, 12, 10, 131072, 1, 32, 0) + bytes(28)
        os.write(device, struct.pack('<IiQ', 16 + len(body), 0, unique) + body)
