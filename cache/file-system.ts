import { existsSync, readFileSync, statfsSync, statSync } from 'node:fs'
import { dirname } from 'node:path'

/** Magic numbers of statfs(2) for file systems on which LMDB's shared memory map and locks are not safe. */
const NETWORK_MAGICS = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xff534d42, 'CIFS'],
  [0xfe534d42, 'SMB2'],
  [0x5346414f, 'AFS'],
  [0x01021997, '9P'],
  [0x00c36400, 'Ceph'],
  [0x0bd00bd0, 'Lustre'],
  [0x47504653, 'GPFS'],
  [0x73757245, 'Coda'],
  [0x20030528, 'OrangeFS'],
  [0x19830326, 'BeeGFS'],
  [0x7461636f, 'OCFS2'],
  [0x01161970, 'GFS2'],
  [0xaad7aaea, 'PanFS'],
])

/** FUSE hides what is behind it; the table of mounts names it. */
const FUSE_MAGIC = 0x65735546

/** Kinds of FUSE mounts that reach over a network or out of a virtual machine. */
const NETWORK_FUSE =
  /^(?:virtiofs|fuse\.(?:sshfs|rclone|s3fs|goofys|gcsfuse|blobfuse2?|glusterfs|ceph(?:-fuse)?|davfs2?|curlftpfs|juicefs|moosefs|mfs|lizardfs|beegfs|smbnetfs|nfs.*|s3.*))$/

/** Name of the network file system a folder lies on, or undefined on a local disk. The folder, or what leads to it, exists. */
export function networkFileSystem(folder: string): string | undefined {
  const existing = nearestExisting(folder)
  const magic = statfsSync(existing).type
  if (magic !== FUSE_MAGIC) return NETWORK_MAGICS.get(magic)
  const type = mountType(readMounts(), deviceOf(existing))
  return type !== undefined && NETWORK_FUSE.test(type) ? type : undefined
}

/**
 * Type of the file system of a device in the text of `/proc/self/mountinfo`, see proc(5): the device is field 3
 * (`major:minor`), the type the field after the lone hyphen.
 */
export function mountType(mounts: string, device: string): string | undefined {
  for (const line of mounts.split('\n')) {
    const [before, after] = line.split(' - ')
    if (before.split(' ')[2] === device) return after.split(' ')[0]
  }
  return undefined
}

/** The nearest folder at or above a path that exists. */
export const nearestExisting = (path: string): string =>
  existsSync(path) || path === dirname(path) ? path : nearestExisting(dirname(path))

function readMounts(): string {
  try {
    return readFileSync('/proc/self/mountinfo', 'utf8')
  } catch {
    return ''
  }
}

/** `major:minor` of the device of a file, as glibc's `makedev` packs them. */
function deviceOf(path: string): string {
  const device = statSync(path, { bigint: true }).dev
  const major = ((device >> 8n) & 0xfffn) | ((device >> 32n) & ~0xfffn)
  const minor = (device & 0xffn) | ((device >> 12n) & ~0xffn)
  return `${major}:${minor}`
}

/** Bytes that an ordinary user can still write to the disk of this folder. */
export function freeBytes(folder: string): number {
  const { bavail, bsize } = statfsSync(folder)
  return bavail * bsize
}
