import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeRuntime } from '../../src/onnx/execution-providers.ts'
import { openSession } from '../../src/onnx/session.ts'
import { readVerified } from '../../src/onnx/weights.ts'

const MESH = join(import.meta.dirname, '../../../../models/face-mesh/face_landmark.onnx')
const MESH_SHA256 = '5c73aef972a34f7fe93a242b13e8106294b8ca712981f5ad052010f9408d7291'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'unswap-session-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

test('a network runs from its checked bytes as from its file', async () => {
  const [fromFile, fromBytes] = await Promise.all([
    openSession(MESH, { threads: 1 }),
    openSession(await readVerified(MESH, MESH_SHA256), { threads: 1 }),
  ])
  expect(fromFile.inputs).toEqual(['in_0'])
  expect(fromFile.outputs).toEqual(['out_0', 'out_1'])
  const feeds = { in_0: { data: new Float32Array(3 * 192 * 192).fill(0.5), dims: [1, 3, 192, 192] } }
  const [a, b] = await Promise.all([fromFile.run(feeds), fromBytes.run(feeds)])
  expect(a.out_0!.dims).toEqual([1, 1, 1, 1404])
  expect(a).toEqual(b)
  await expect(
    fromFile.run({ in_0: { data: new Float32Array(3), dims: [1, 3, 1, 1] } }),
  ).rejects.toMatchObject({ code: 'inference_failed' })
  await Promise.all([fromFile.close(), fromBytes.close()])
})

const grey = () => ({ in_0: { data: new Float32Array(3 * 192 * 192).fill(0.5), dims: [1, 3, 192, 192] } })

test('a network in a thread of its own gives the same values, also to calls that overlap', async () => {
  const [here, threaded] = await Promise.all([
    openSession(MESH, { threads: 1 }),
    openSession(await readVerified(MESH, MESH_SHA256), { threads: 1, ownThread: true }),
  ])
  expect([threaded.inputs, threaded.outputs]).toEqual([here.inputs, here.outputs])
  const [expected, ...found] = await Promise.all([
    here.run(grey()),
    threaded.run(grey()),
    threaded.run(grey()),
  ])
  for (const values of found) expect(values).toEqual(expected)
  await Promise.all([here.close(), threaded.close()])
})

test('this thread goes on while a network in its own thread runs', async () => {
  const session = await openSession(MESH, { threads: 1, ownThread: true })
  let most = 0
  // A busy machine may give this thread no time during one round; it gives some during twenty.
  for (let round = 0; round < 20 && most <= 5; round++) {
    let turns = 0
    const timer = setInterval(() => turns++, 0)
    await Promise.all(Array.from({ length: 50 }, () => session.run(grey())))
    clearInterval(timer)
    most = Math.max(most, turns)
  }
  expect(most).toBeGreaterThan(5)
  await session.close()
})

test('a network in its own thread fails with a code, also once it is closed, and goes on after a failure', async () => {
  await expect(openSession(new Uint8Array(9), { ownThread: true })).rejects.toMatchObject({
    code: 'model_invalid',
  })
  const session = await openSession(MESH, { threads: 1, ownThread: true })
  const wrong = { in_0: { data: new Float32Array(3), dims: [1, 3, 1, 1] } }
  await expect(session.run(wrong)).rejects.toMatchObject({ code: 'inference_failed' })
  expect((await session.run(grey())).out_0!.dims).toEqual([1, 1, 1, 1404])
  await session.close()
  await session.close()
  await expect(session.run(grey())).rejects.toMatchObject({ code: 'inference_failed' })
})

test('an idle network in its own thread does not keep a process from ending', async () => {
  const source = join(import.meta.dirname, '../../src/onnx/session.ts')
  const program = `
    import { openSession } from ${JSON.stringify(source)}
    const session = await openSession(${JSON.stringify(MESH)}, { ownThread: true })
    console.log(session.outputs.join())`
  const { stdout, exitCode } = await execa(process.execPath, ['--input-type=module', '-e', program], {
    timeout: 60_000,
  })
  expect({ stdout, exitCode }).toEqual({ stdout: 'out_0,out_1', exitCode: 0 })
})

test('weights that are missing, altered or no network have a code each', async () => {
  const absent = join(folder, 'absent.onnx')
  const text = join(folder, 'text.onnx')
  await writeFile(text, 'not a network')
  await expect(readVerified(absent, MESH_SHA256)).rejects.toMatchObject({ code: 'model_missing' })
  await expect(readVerified(text, MESH_SHA256)).rejects.toMatchObject({ code: 'model_corrupt' })
  await expect(openSession(text)).rejects.toMatchObject({ code: 'model_invalid' })
})

test('a device that is not here says what to do', async () => {
  const { devices } = describeRuntime()
  expect(devices).toContain('cpu')
  const missing = (['coreml', 'directml'] as const).find((device) => !devices.includes(device))
  await expect(openSession(MESH, { device: missing! })).rejects.toMatchObject({
    code: 'device_unavailable',
    message: expect.stringContaining('cpu'),
  })
})
