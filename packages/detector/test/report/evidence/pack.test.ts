import { listEvidence, packEvidence, packedCrop, renderEvidence, unpackEvidence } from '@unswap/detector'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { groupPhotograph, groupVideo } from '../sample.ts'

test.each([
  ['photograph', groupPhotograph],
  ['video', groupVideo],
])('what is packed renders as what was not, for a %s', async (_, make) => {
  const analysis = await make()
  const evidence = await unpackEvidence(await packEvidence(analysis.evidence))
  expect(evidence.faces.map(({ crop, ...face }) => face)).toEqual(
    analysis.evidence.faces.map(({ crop, ...face }) => face),
  )
  const [now, later] = await Promise.all([
    renderEvidence(analysis),
    renderEvidence({ report: analysis.report, evidence }),
  ])
  expect(later.map(({ bytes, ...file }) => file)).toEqual(now.map(({ bytes, ...file }) => file))
  const raster = (file: (typeof now)[number]) => sharp(file.bytes).removeAlpha().raw().toBuffer()
  for (const [index, file] of now.entries()) {
    const [a, b] = await Promise.all([raster(file), raster(later[index]!)])
    const off = a.reduce((sum, value, at) => sum + Math.abs(value - b[at]!), 0) / a.length
    expect(off).toBeLessThan(0.01 * 255)
  }
})

test.each([
  ['photograph', groupPhotograph],
  ['video', groupVideo],
])('what a %s will give is told beforehand, in order', async (_, make) => {
  const analysis = await make()
  const rendered = await renderEvidence(analysis)
  expect(listEvidence(analysis)).toEqual(rendered.map(({ name, type }) => ({ name, type })))
  const nothing = { report: analysis.report, evidence: { frames: [], faces: [] } }
  expect(listEvidence(nothing).map(({ name }) => name)).toEqual(
    (await renderEvidence(nothing)).map(({ name }) => name),
  )
})

test('the crop of the first face is there without rendering', async () => {
  const { evidence } = await groupPhotograph()
  const jpeg = packedCrop(await packEvidence(evidence))
  const { format, width } = await sharp(jpeg!).metadata()
  expect([format, width]).toEqual(['jpeg', evidence.faces[0]!.crop.width])
  expect(packedCrop(await packEvidence({ frames: [], faces: [] }))).toBeNull()
})
