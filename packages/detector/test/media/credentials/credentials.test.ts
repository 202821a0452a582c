import { mkdtempSync } from 'node:fs'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ContentCredentials } from '@unswap/contract'
import { execa } from 'execa'
import sharp from 'sharp'
import Value from 'typebox/value'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Detector, openDetector } from '../../../src/index.ts'
import { readCredentials } from '../../../src/media/credentials/read-credentials.ts'
import { createSigner, type Signer } from './signer.ts'

const folder = mkdtempSync(join(tmpdir(), 'unswap-credentials-'))
const modelsDir = fileURLToPath(new URL('../../../../../models', import.meta.url))
const pixels = () => sharp({ create: { width: 64, height: 48, channels: 3, background: '#786' } })
const signal = new AbortController().signal

let signer: Signer
let signed: Buffer
let plain: Detector
let trusting: Detector
beforeAll(async () => {
  signer = await createSigner(folder)
  signed = await signer.sign('image/jpeg', await pixels().jpeg().toBuffer())
  plain = await openDetector({ modelsDir })
  trusting = await openDetector({ modelsDir, trustList: join(folder, 'authority.pem') })
})
afterAll(async () => {
  await Promise.all([plain.close(), trusting.close()])
  await rm(folder, { recursive: true, force: true })
})

const credentialsOf = async (bytes: Uint8Array, detector = plain) =>
  (await detector.analyze({ bytes }, { evidenceFrames: 0 })).report.contentCredentials
const read = (bytes: Uint8Array, format = 'jpeg') =>
  readCredentials({ bytes }, { format, bytes: bytes.length, trustList: null, signal })
const altered = (bytes: Buffer, what: string, by = 0) => {
  const copy = Buffer.from(bytes)
  const at = copy.indexOf(what) + by
  expect(at).toBeGreaterThanOrEqual(by)
  copy[at]! ^= 1
  return copy
}

test('media without credentials has none', async () => {
  expect(await credentialsOf(await pixels().png().toBuffer())).toMatchObject({
    state: 'none',
    codes: [],
    trust: null,
  })
})

test('credentials are shown, and integrity and trust are told apart', async () => {
  const found = await credentialsOf(signed)
  expect(Value.Check(ContentCredentials, found)).toBe(true)
  expect(found).toMatchObject({
    state: 'valid',
    codes: [],
    trust: 'untrusted',
    trustList: null,
    signer: { name: 'Test camera', organisation: 'Unswap tests', signedAt: null },
    generator: 'unswap-test 1',
    actions: [{ action: 'c2pa.created', sourceType: 'trainedAlgorithmicMedia', agent: null }],
    ingredients: 0,
  })
  const listed = await credentialsOf(signed, trusting)
  expect(listed).toMatchObject({
    state: 'valid',
    trust: 'trusted',
    trustList: expect.stringMatching(/^[0-9a-f]{64}$/),
  })
})

test('they never change the verdict', async () => {
  const face = await readFile(
    fileURLToPath(new URL('../../../../../testdata/real/grace_hopper.jpg', import.meta.url)),
  )
  const bytes = await signer.sign('image/jpeg', face)
  const [bare, credited] = [await plain.analyze({ bytes: face }), await trusting.analyze({ bytes })]
  expect(credited.report.contentCredentials).toMatchObject({ state: 'valid', trust: 'trusted' })
  expect(credited.report.verdict).toEqual(bare.report.verdict)
  expect(credited.report.faces).toEqual(bare.report.faces)
})

test('every kind of file in which they can be embedded is read, from the disk too', async () => {
  const film = (end: string) => join(folder, `film.${end}`)
  const source = ['-f', 'lavfi', '-i', 'testsrc=size=64x64:rate=5:duration=1']
  const films = ['mp4', 'mov', 'avi'].flatMap((end) => ['-pix_fmt', 'yuv420p', film(end)])
  await execa('ffmpeg', ['-v', 'error', ...source, ...films])
  const media: [string, string, Buffer][] = [
    ['png', 'image/png', await pixels().png().toBuffer()],
    ['webp', 'image/webp', await pixels().webp().toBuffer()],
    ['avif', 'image/avif', await pixels().avif({ effort: 0 }).toBuffer()],
    ['tiff', 'image/tiff', await pixels().tiff().toBuffer()],
    ['gif', 'image/gif', await pixels().gif().toBuffer()],
    ['mp4', 'video/mp4', await readFile(film('mp4'))],
    ['mov', 'video/quicktime', await readFile(film('mov'))],
    ['avi', 'video/avi', await readFile(film('avi'))],
  ]
  for (const [format, type, bytes] of media) {
    const path = join(folder, `signed.${format}`)
    const content = await signer.sign(type, bytes)
    await writeFile(path, content)
    const found = await readCredentials({ path }, { format, bytes: content.length, trustList: null, signal })
    expect([format, found.state, found.generator]).toEqual([format, 'valid', 'unswap-test 1'])
  }
})

describe('what was altered is invalid, with the code of C2PA', () => {
  test('the picture', async () => {
    const bytes = Buffer.from(signed)
    bytes[bytes.length - 20]! ^= 1
    expect(await read(bytes)).toMatchObject({
      state: 'invalid',
      codes: ['assertion.dataHash.mismatch'],
      trust: 'untrusted',
    })
  })
  test('an assertion', async () => {
    const found = await read(altered(signed, 'trainedAlgorithmic'))
    expect(found).toMatchObject({ state: 'invalid', codes: ['assertion.hashedURI.mismatch'] })
  })
  test('the claim, so that nobody is said to have signed', async () => {
    const found = await read(altered(signed, 'unswap-test'))
    expect(found).toMatchObject({ state: 'invalid', codes: ['claimSignature.mismatch'], trust: null })
  })
  test('credentials moved to other media', async () => {
    const other = await sharp({ create: { width: 64, height: 48, channels: 3, background: '#f00' } })
      .jpeg()
      .toBuffer()
    const segment = segmentsOf(signed)
    const moved = Buffer.concat([other.subarray(0, 2), segment, other.subarray(2)])
    expect((await read(moved)).codes).toContain('assertion.dataHash.mismatch')
  })
})

test('a certificate that has run out, with no time stamp, does not hold', async () => {
  const late = join(folder, 'late')
  await mkdir(late)
  const bytes = await (await createSigner(late, 0)).sign('image/jpeg', await pixels().jpeg().toBuffer())
  await expect
    .poll(async () => (await read(bytes)).codes, { timeout: 20_000 })
    .toEqual(['signingCredential.expired'])
})

test('credentials in a format that C2PA does not know are named as such', async () => {
  expect(await read(Buffer.from('\x1a\x45\xdf\xa3 jumdc2pa', 'latin1'), 'mkv')).toMatchObject({
    state: 'unsupported',
    codes: ['unswap.format'],
  })
})

test('no damage to the manifest brings down the analysis or passes as valid', async () => {
  const segment = segmentsOf(signed)
  const start = signed.indexOf(segment)
  const lie = (type: string, size: number) => {
    const copy = Buffer.from(signed)
    copy.writeUInt32BE(size, copy.indexOf(type, start) - 4)
    return copy
  }
  const lies = ['jumb', 'jumd', 'cbor'].flatMap((type) => [0, 1, 7].map((size) => lie(type, size)))
  lies.push(lie('jumd', 0x7fffffff), lie('jumd', 0xffffffff))
  const cuts = [0.1, 0.5, 0.9].map((share) => {
    const end = start + Math.floor(segment.length * share)
    return Buffer.concat([signed.subarray(0, end), signed.subarray(start + segment.length)])
  })
  const deep = Buffer.concat([signed.subarray(0, 2), app11(nested(6000)), signed.subarray(2)])
  for (const bytes of [...lies, ...cuts, deep]) {
    const found = await read(bytes)
    expect(Value.Check(ContentCredentials, found)).toBe(true)
    expect(found.state).not.toBe('valid')
  }
  expect((await credentialsOf(deep))!.state).toBe('invalid')
  // The size of the outermost box is outside every signature; what it holds is checked all the same.
  expect(await read(lie('jumb', 0x7fffffff))).toMatchObject({ state: 'valid', trust: 'untrusted' })
})

test('a list that holds no certificate keeps the detector from opening, and says so', async () => {
  const trustList = join(folder, 'leaf.ext')
  await expect(openDetector({ modelsDir, trustList })).rejects.toMatchObject({ code: 'trust_list_invalid' })
})

/** All APP11 segments of a JPEG. */
function segmentsOf(jpeg: Buffer): Buffer {
  const found: Buffer[] = []
  for (let at = 2; jpeg[at + 1] !== 0xda; at += 2 + jpeg.readUInt16BE(at + 2)) {
    if (jpeg[at + 1] === 0xeb) found.push(jpeg.subarray(at, at + 2 + jpeg.readUInt16BE(at + 2)))
  }
  return Buffer.concat(found)
}

/** A JUMBF box that holds a box that holds a box, each with the description of a C2PA store. */
function nested(depth: number): Buffer {
  const description = Buffer.from(
    '0000001e6a756d6463327061001100108000 00aa00389b71 03 6332706100'.replaceAll(' ', ''),
    'hex',
  )
  let box = Buffer.alloc(0)
  const most = Math.min(depth, Math.floor(65_000 / (description.length + 8)))
  for (let i = 0; i < most; i++) {
    const head = Buffer.alloc(8)
    head.writeUInt32BE(8 + description.length + box.length)
    head.write('jumb', 4, 'latin1')
    box = Buffer.concat([head, description, box])
  }
  return box
}

function app11(box: Buffer): Buffer {
  const head = Buffer.alloc(12)
  head.writeUInt16BE(0xffeb)
  head.writeUInt16BE(box.length + 10, 2)
  head.write('JP', 4, 'latin1')
  head.writeUInt16BE(1, 6)
  head.writeUInt32BE(1, 8)
  return Buffer.concat([head, box])
}
