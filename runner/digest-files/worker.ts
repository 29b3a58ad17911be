// A thread that digests files: it is sent lists of paths and answers each with what became of them.
import { parentPort } from 'node:worker_threads'
import { tryDigest } from './digest-whole.ts'

parentPort!.on('message', (paths: readonly string[]) => parentPort!.postMessage(paths.map(tryDigest)))
