"""The child locks itself in: memory, time, file size, no network, no files but its own."""

import ctypes
import os
import resource
from typing import Any

CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
PR_SET_NO_NEW_PRIVS = 38
# Landlock (Linux 5.13) by number: the same on every architecture.
CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
RULE_PATH_BENEATH = 1
EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1, 2, 4, 8
ALL_OF_FIRST_VERSION = (1 << 13) - 1
READ = READ_FILE | READ_DIR
BIND_AND_CONNECT = 3
# Libraries, character tables, PROJ's and GDAL's own tables.
SYSTEM_FOLDERS = ("/usr", "/lib", "/lib64", "/etc/ld.so.cache", "/dev/null", "/dev/urandom")

# GDAL before 3.9 follows addresses in spatial references, and its virtual file systems reach the net: every way out is
# closed here as well as by the kernel, where the kernel lets us.
ENVIRONMENT = {
    "GDAL_DRIVER_PATH": "disable",
    "GDAL_SKIP": "VRT,HTTP,WMS,WMTS,WCS,EEDA,STACIT,OGR_VRT,WFS,CSW,OAPIF,PLSCENES,NGW,Carto,Elastic,AmigoCloud",
    "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": ".none",
    "GDAL_HTTP_PROXY": "127.0.0.1:9",
    "GDAL_HTTP_TIMEOUT": "1",
    "http_proxy": "http://127.0.0.1:9",
    "https_proxy": "http://127.0.0.1:9",
    "PROJ_NETWORK": "OFF",
    "OGR_SQLITE_ALLOW_EXTERNAL_ACCESS": "NO",
    "OGR_GEOJSON_MAX_OBJ_SIZE": "100",
    "GDAL_NUM_THREADS": "1",
    "LC_ALL": "C.UTF-8",
}


def set_limits(limits: dict[str, int]) -> None:
    """Memory, processor time, size of any file that is written; no core dumps."""
    for what, count in (
        (resource.RLIMIT_AS, limits["memory"]),
        (resource.RLIMIT_CPU, limits["seconds"]),
        (resource.RLIMIT_FSIZE, limits["unpacked"]),
        (resource.RLIMIT_NOFILE, 128),
        (resource.RLIMIT_CORE, 0),
    ):
        _soft, hard = resource.getrlimit(what)
        most = count if hard == resource.RLIM_INFINITY else min(count, hard)
        resource.setrlimit(what, (most, most))


def lock_in(folder: str) -> list[str]:
    """Leave the network and every file but our own folder and the system's libraries; what the kernel allowed."""
    libc = ctypes.CDLL(None, use_errno=True)
    done = []
    libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    if libc.unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0:
        done.append("network")
    if _keep_to(libc, folder):
        done.append("files")
    return done


class _Ruleset(ctypes.Structure):
    _fields_ = [("handled_access_fs", ctypes.c_uint64), ("handled_access_net", ctypes.c_uint64)]


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = [("allowed_access", ctypes.c_uint64), ("parent_fd", ctypes.c_int32)]


def _keep_to(libc: Any, folder: str) -> bool:
    """Landlock: read the system's libraries, do as we like in our folder, nothing else. False on kernels without it."""
    version = libc.syscall(CREATE_RULESET, None, 0, 1)
    if version < 1:
        return False
    # From the fourth version on it closes TCP too: for kernels that let nobody make a network of his own.
    rules = _Ruleset(ALL_OF_FIRST_VERSION, BIND_AND_CONNECT)
    handle = libc.syscall(CREATE_RULESET, ctypes.byref(rules), 16 if version >= 4 else 8, 0)
    if handle < 0:
        return False
    for path in (*SYSTEM_FOLDERS, os.path.dirname(os.__file__)):  # Python's own modules too, it loads them late
        _allow(libc, handle, path, READ | EXECUTE)
    _allow(libc, handle, folder, ALL_OF_FIRST_VERSION)
    done = bool(libc.syscall(RESTRICT_SELF, handle, 0) == 0)
    os.close(handle)
    return done


def _allow(libc: Any, handle: int, path: str, access: int) -> None:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    if not os.path.isdir(path):
        access &= READ_FILE | WRITE_FILE | EXECUTE
    rule = _Beneath(access, place)
    libc.syscall(ADD_RULE, handle, RULE_PATH_BENEATH, ctypes.byref(rule), 0)
    os.close(place)
