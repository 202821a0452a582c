// The program of a thread that reads the content credentials of one file and sends one answer. Each file has its own
// thread, so it imports as little as possible.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parentPort, workerData } from 'node:worker_threads'
import { initSync, WasmReader } from '@contentauth/c2pa-wasm'
import type { ReadTask } from './read-credentials.ts'
import { type CredentialsSummary, summarise, without } from './summarise.ts'

const { source, type, anchors } = workerData as ReadTask

// The settings tell the reader to fetch nothing; without `fetch` it cannot.
Reflect.deleteProperty(globalThis, 'fetch')

const settings = {
  verify: { verify_trust: true, remote_manifest_fetch: false, ocsp_fetch: false },
  ...(anchors !== null && { trust: { trust_anchors: anchors } }),
}

async function read(): Promise<CredentialsSummary> {
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
