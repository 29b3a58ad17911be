import { statfsSync } from 'node:fs'

/** Magic numbers of statfs(2) for file systems on which LMDB's shared memory map is not safe. */
const NETWORK_FILE_SYSTEMS = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xff534d42, 'CIFS'],
  [0xfe534d42, 'SMB2'],
  [0x5346414f, 'AFS'],
  [0x01021997, '9P'],
  [0x00c36400, 'Ceph'],
  [0x0bd00bd0, 'Lustre'],
  [0x47504653, 'GPFS'],
])

/** Name of the network file system a folder lies on, or undefined on a local disk. */
export const networkFileSystem = (folder: string): string | undefined =>
  NETWORK_FILE_SYSTEMS.get(statfsSync(folder).type)

/** Bytes that an ordinary user can still write to the disk of this folder. */
export function freeBytes(folder: string): number {
  const { bavail, bsize } = statfsSync(folder)
  return bavail * bsize
}
