// The program of a thread that reads the content credentials of one file, and answers once. It loads little: each
// file has a thread of its own.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parentPort, workerData } from 'node:worker_threads'
import { initSync, WasmReader } from '@contentauth/c2pa-wasm'
import type { ReadAnswer, ReadTask } from './read-credentials.ts'
import { summarise, without } from './summarise.ts'

const { source, type, anchors } = workerData as ReadTask

// The reader is told to fetch nothing; it could not if it tried.
Reflect.deleteProperty(globalThis, 'fetch')

const settings = {
  verify: { verify_trust: true, remote_manifest_fetch: false, ocsp_fetch: false },
  ...(anchors !== null && { trust: { trust_anchors: anchors } }),
}

async function read(): Promise<ReadAnswer> {
  initSync({ module: readFileSync(fileURLToPath(import.meta.resolve('@contentauth/c2pa-wasm/c2pa.wasm'))) })
  const bytes = 'bytes' in source ? source.bytes : readFileSync(source.path)
  try {
    const reader = await WasmReader.fromBytes(type, bytes, JSON.stringify(settings))
    return summarise(JSON.parse(reader.json()))
  } catch (thrown) {
    const fault = String(thrown)
    if (/JumbfNotFound/.test(fault)) return without('none')
    if (/Unsupported/.test(fault)) return without('unsupported', 'unswap.format')
    return without('invalid', 'unswap.unreadable')
  }
}

parentPort!.postMessage(await read())
