// Signs media with content credentials of our own: a certificate by openssl, the claim by the C2PA library, the
// signature (COSE_Sign1, RFC 9052) here.
import { createPrivateKey, type KeyObject, sign, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { initSync, WasmBuilder } from '@contentauth/c2pa-wasm'
import { execa } from 'execa'

export interface Signer {
  /** The authority's certificate, as PEM. */
  readonly authority: string
  /** The media with a manifest in it. */
  sign(type: string, media: Uint8Array): Promise<Buffer>
}

const RESERVED = 4096
const LEAF = [
  'basicConstraints=critical,CA:FALSE',
  'keyUsage=critical,digitalSignature',
  'extendedKeyUsage=critical,emailProtection',
  'subjectKeyIdentifier=hash',
  'authorityKeyIdentifier=keyid',
]

/** A new authority in `folder` and a signer that it vouches for; with 0 `days` the certificate has run out at once. */
export async function createSigner(folder: string, days = 30): Promise<Signer> {
  const run = (...args: string[]) => execa('openssl', args, { cwd: folder })
  const curve = ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256']
  await Promise.all(['authority', 'leaf'].map((name) => run('genpkey', ...curve, '-out', `${name}.key`)))
  const authority = ['-subj', '/CN=Test authority/O=Unswap tests', '-days', '30', '-out', 'authority.pem']
  const uses = ['-addext', 'basicConstraints=critical,CA:TRUE', '-addext', 'keyUsage=critical,keyCertSign']
  await run('req', '-x509', '-new', '-key', 'authority.key', ...authority, ...uses)
  await run('req', '-new', '-key', 'leaf.key', '-subj', '/CN=Test camera/O=Unswap tests', '-out', 'leaf.csr')
  await writeFile(join(folder, 'leaf.ext'), LEAF.join('\n'))
  const by = ['-CA', 'authority.pem', '-CAkey', 'authority.key', '-CAcreateserial', '-extfile', 'leaf.ext']
  await run('x509', '-req', '-in', 'leaf.csr', ...by, '-days', String(days), '-out', 'leaf.pem')
  const read = (name: string) => readFile(join(folder, name), 'utf8')
  const key = createPrivateKey(await read('leaf.key'))
  const certificate = new X509Certificate(await read('leaf.pem')).raw
  openLibrary()
  return {
    authority: await read('authority.pem'),
    async sign(type, media) {
      const signer = {
        alg: 'es256',
        reserveSize: RESERVED,
        sign: async (claim: Uint8Array) => new Uint8Array(coseSign1(claim, key, certificate)),
      }
      const settings = { verify: { verify_after_sign: false } }
      const builder = WasmBuilder.fromJson(JSON.stringify(manifest(type)), JSON.stringify(settings))
      return Buffer.from(await builder.sign(signer, [], type, new MemoryBlob(Uint8Array.from(media))))
    },
  }
}

const manifest = (format: string) => ({
  title: 'made by a test',
  format,
  claim_generator_info: [{ name: 'unswap-test', version: '1' }],
  assertions: [
    {
      label: 'c2pa.actions.v2',
      data: {
        actions: [
          {
            action: 'c2pa.created',
            digitalSourceType: 'http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia',
          },
        ],
      },
    },
  ],
})

/** A blob whose bytes can be read at once: the writer of the library knows browsers alone. */
class MemoryBlob extends Blob {
  readonly held: Uint8Array<ArrayBuffer>

  constructor(bytes: Uint8Array<ArrayBuffer>) {
    super([bytes])
    this.held = bytes
  }

  override slice(from?: number, to?: number): Blob {
    return new MemoryBlob(this.held.slice(from, to))
  }
}

function openLibrary(): void {
  const readAsArrayBuffer = (blob: MemoryBlob) => blob.held.buffer
  Object.assign(globalThis, {
    FileReaderSync: class {
      readAsArrayBuffer = readAsArrayBuffer
    },
  })
  initSync({ module: readFileSync(fileURLToPath(import.meta.resolve('@contentauth/c2pa-wasm/c2pa.wasm'))) })
}

/** ES256 with the certificate in the protected header, padded to the reserved size. */
function coseSign1(claim: Uint8Array, key: KeyObject, certificate: Buffer): Buffer {
  const [ALG, ES256, X5CHAIN] = [1, -7, 33]
  const header = cbor(
    new Map<number, Cbor>([
      [ALG, ES256],
      [X5CHAIN, [certificate]],
    ]),
  )
  const signed = cbor(['Signature1', header, Buffer.alloc(0), Buffer.from(claim)])
  const value = sign('sha256', signed, { key, dsaEncoding: 'ieee-p1363' })
  const message = (padding: number) =>
    Buffer.concat([
      Buffer.from([0xd2]), // tag 18
      cbor([header, new Map([['pad', Buffer.alloc(padding)]]), null, value]),
    ])
  const guess = 1000
  return message(RESERVED - (message(guess).length - guess))
}

type Cbor = null | number | string | Buffer | Cbor[] | Map<number | string, Cbor>

/** As much of CBOR (RFC 8949) as a COSE message needs. */
function cbor(value: Cbor): Buffer {
  if (value === null) return Buffer.from([0xf6])
  if (typeof value === 'number') return value < 0 ? head(1, -1 - value) : head(0, value)
  if (typeof value === 'string') return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)])
  if (Buffer.isBuffer(value)) return Buffer.concat([head(2, value.length), value])
  if (Array.isArray(value)) return Buffer.concat([head(4, value.length), ...value.map(cbor)])
  return Buffer.concat([head(5, value.size), ...[...value].flat().map(cbor)])
}

function head(kind: number, count: number): Buffer {
  if (count < 24) return Buffer.from([(kind << 5) | count])
  if (count < 256) return Buffer.from([(kind << 5) | 24, count])
  return Buffer.from([(kind << 5) | 25, count >> 8, count & 255])
}
