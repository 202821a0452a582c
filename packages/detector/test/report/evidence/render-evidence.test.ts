import { REASON_TEXT } from '@unswap/contract'
import { type EvidenceFile, renderEvidence } from '@unswap/detector'
import sharp from 'sharp'
import { beforeAll, describe, expect, test } from 'vitest'
import { PALETTE } from '../../../src/report/drawing/palette.ts'
import {
  asAnalysis,
  faceOf,
  GROUP_BOXES,
  groupPhotograph,
  groupVideo,
  hillMap,
  observe,
  plainPicture,
  reportOf,
} from '../sample.ts'

interface Raw {
  data: Buffer
  width: number
  channels: number
}

async function decode(file: EvidenceFile): Promise<Raw> {
  const { data, info } = await sharp(file.bytes).raw().toBuffer({ resolveWithObject: true })
  return { data, width: info.width, channels: info.channels }
}

const pixel = ({ data, width, channels }: Raw, x: number, y: number) => [
  ...data.subarray((y * width + x) * channels, (y * width + x + 1) * channels),
]

const rgb = (hex: string) => [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16))

const far = (a: number[], b: number[]) =>
  Math.max(...a.slice(0, 3).map((part, index) => Math.abs(part - b[index]!)))

const named = (files: EvidenceFile[], name: string) => files.find((file) => file.name === name)!

/** One face in a plain picture. */
function portrait(
  width: number,
  height: number,
  level: number,
  box: { x: number; y: number; width: number; height: number },
  scale = 1,
) {
  const face = faceOf('face-1', 'likely_manipulated', 0.93, [observe(0, 0, box, 0.93)])
  const picture = plainPicture(width, height, level)
  return asAnalysis(reportOf({ width, height }, [face]), [{ frame: 0, seconds: 0, scale, picture }])
}

describe('renderEvidence of a photograph', () => {
  let files: EvidenceFile[]
  beforeAll(async () => {
    files = await renderEvidence(await groupPhotograph())
  })

  test('names every picture, with its true type and size', async () => {
    const perFace = (id: number) =>
      ['crop.jpg', 'heatmap.png', 'overlay.png', 'map.png'].map((end) => `face-${id}.${end}`)
    expect(files.map(({ name }) => name)).toEqual([
      'annotated.jpg',
      ...perFace(1),
      ...perFace(2),
      ...perFace(3),
    ])
    for (const file of files) {
      const { format, width, height } = await sharp(file.bytes).metadata()
      expect(`image/${format}`).toBe(file.type)
      expect([width, height]).toEqual([file.width, file.height])
    }
  })

  test('draws each box in the colour of its verdict, at its place in the scaled frame', async () => {
    const picture = await decode(named(files, 'annotated.jpg'))
    for (const [index, band] of (
      ['likely_manipulated', 'inconclusive', 'likely_authentic'] as const
    ).entries()) {
      const { x, y, height } = GROUP_BOXES[index]!
      // Dashes leave gaps, so look for the line along the left edge.
      const edge = Array.from({ length: 60 }, (_, step) =>
        pixel(picture, Math.round(x / 2) - 1, Math.round(y / 2 + height / 8) + step),
      )
      const hits = edge.filter((colour) => far(colour, rgb(PALETTE.mark[band])) < 40).length
      expect(hits, band).toBeGreaterThan(band === 'inconclusive' ? 25 : 50)
      if (band === 'inconclusive') expect(hits).toBeLessThan(55)
    }
  })

  test('keeps the raw map: one pixel a cell', async () => {
    const map = sharp(named(files, 'face-1.map.png').bytes)
    expect((await map.metadata()).channels).toBe(1)
    const data = await map.toColourspace('b-w').raw().toBuffer()
    const { probabilities } = hillMap(0.96 * 0.97, 13, 19, 5)
    expect([...data]).toEqual([...probabilities].map((value) => Math.round(value * 255)))
  })

  test('the overlay is opaque and bright where the map is high, clear where it is low', async () => {
    const overlay = await decode(named(files, 'face-1.overlay.png'))
    expect(overlay.channels).toBe(4)
    const hot = pixel(overlay, 13 * 16 + 8, 19 * 16 + 8)
    expect(hot[3]).toBeGreaterThan(200)
    expect(hot[1]).toBeGreaterThan(180)
    expect(pixel(overlay, 4, 4)[3]).toBe(0)
    let hottest = { at: 0, alpha: -1, light: -1 }
    for (let at = 0; at < 448 * 448; at++) {
      const [red, green, alpha] = [
        overlay.data[at * 4]!,
        overlay.data[at * 4 + 1]!,
        overlay.data[at * 4 + 3]!,
      ]
      if (alpha > hottest.alpha || (alpha === hottest.alpha && red + green > hottest.light)) {
        hottest = { at, alpha, light: red + green }
      }
    }
    expect(Math.abs((hottest.at % 448) - (13 * 16 + 8))).toBeLessThan(24)
    expect(Math.abs(Math.floor(hottest.at / 448) - (19 * 16 + 8))).toBeLessThan(24)
  })

  test('the heat map has colour at the hot spot alone, over a grey face, with a scale below', async () => {
    const heat = named(files, 'face-1.heatmap.png')
    expect([heat.width, heat.height]).toEqual([448, 508])
    const picture = await decode(heat)
    const tint = ([red, green, blue]: number[]) =>
      Math.max(red!, green!, blue!) - Math.min(red!, green!, blue!)
    expect(tint(pixel(picture, 13 * 16 + 8, 19 * 16 + 8))).toBeGreaterThan(100)
    expect(tint(pixel(picture, 6, 6))).toBeLessThan(3)
    expect(tint(pixel(picture, 425, 468))).toBeGreaterThan(100)
    expect(tint(pixel(picture, 18, 468))).toBeLessThan(12)
  })

  test('is the same for the same analysis', async () => {
    const again = await renderEvidence(await groupPhotograph())
    for (const [index, file] of files.entries()) {
      expect(Buffer.compare(file.bytes, again[index]!.bytes), file.name).toBe(0)
    }
  })
})

describe('renderEvidence of odd pictures', () => {
  test.each([
    ['tiny', 9, 7, { x: 2, y: 1, width: 5, height: 5 }, 640],
    ['one pixel', 1, 1, { x: 0, y: 0, width: 1, height: 1 }, 640],
    ['huge', 5000, 2500, { x: 900, y: 700, width: 600, height: 800 }, 1600],
    ['a strip', 3000, 8, { x: 40, y: 1, width: 6, height: 6 }, 1600],
  ])('%s: a picture that can be looked at', async (_, width, height, box, longest) => {
    const [annotated] = await renderEvidence(portrait(width, height, 200, box))
    expect(Math.max(annotated!.width, annotated!.height)).toBe(longest)
    expect(annotated!.width / annotated!.height).toBeCloseTo(width / height, width / height > 100 ? -2 : 1)
  })

  test.each([0, 255])('the label shows on a plain picture of level %i', async (level) => {
    const analysis = portrait(800, 600, level, { x: 250, y: 200, width: 200, height: 240 })
    const picture = await decode((await renderEvidence(analysis))[0]!)
    const label = rgb(PALETTE.mark.likely_manipulated)
    const row = Array.from({ length: 200 }, (_, step) => pixel(picture, 252 + step, 190))
    expect(row.filter((colour) => far(colour, label) < 30).length).toBeGreaterThan(60)
    expect(row.filter((colour) => far(colour, [255, 255, 255]) < 60).length).toBeGreaterThan(15)
  })

  test('a box that reaches over the edge is drawn inside it', async () => {
    const analysis = portrait(800, 600, 20, { x: -300, y: 100, width: 500, height: 900 })
    const picture = await decode((await renderEvidence(analysis))[0]!)
    const colour = rgb(PALETTE.mark.likely_manipulated)
    expect(far(pixel(picture, 2, 300), colour)).toBeLessThan(40)
    expect(far(pixel(picture, 100, 597), colour)).toBeLessThan(40)
  })

  test('leaves out what was not kept, and never writes outside its folder', async () => {
    const face = faceOf('../../etc/passwd', 'inconclusive', 0.5, [observe(0, 0, GROUP_BOXES[0]!, 0.5)])
    const crop = { faceId: face.id, frame: 0, crop: plainPicture(224, 224, 90), map: null }
    const files = await renderEvidence(asAnalysis(reportOf({}, [face]), [], [crop]))
    expect(files.map(({ name }) => name)).toEqual(['face--etc-passwd.crop.jpg'])
    expect(files[0]!.faceId).toBe(face.id)
  })
})

describe('renderEvidence of a video', () => {
  let files: EvidenceFile[]
  let svg: string
  beforeAll(async () => {
    files = await renderEvidence(await groupVideo())
    svg = new TextDecoder().decode(named(files, 'timeline.svg').bytes)
  })

  test('adds a contact sheet that shows every kept frame at its place', async () => {
    const sheet = named(files, 'contact-sheet.jpg')
    expect([sheet.width, sheet.height]).toEqual([3 * 460 + 4 * 20, 92 + 2 * (259 + 52 + 20) + 20])
    const picture = await decode(sheet)
    for (const [column, row] of [0, 1].flatMap((r) => [0, 1, 2].map((c) => [c, r] as const))) {
      const [left, top] = [20 + column * 480, 112 + row * 331]
      expect(far(pixel(picture, left + 30, top + 250), [255, 255, 255])).toBeGreaterThan(100)
      expect(far(pixel(picture, left - 10, top + 100), [255, 255, 255])).toBeLessThan(6)
    }
  })

  test('draws every observation, every cut and every analysed frame in each lane', () => {
    const count = (pattern: RegExp) => svg.match(pattern)?.length ?? 0
    expect(count(/<circle /g)).toBe(27 + 22 + 21)
    expect(count(/class="cut"/g)).toBe(3 * 2)
    expect(count(/class="tick"/g)).toBe(3 * 32)
    expect(count(/class="hollow"/g)).toBe(5 + 3 + 3)
    // 27 observations of the first face: 26 gaps less one absence and one cut.
    const first = svg.slice(
      svg.indexOf('<g class="likely_manipulated"'),
      svg.indexOf('<g class="inconclusive"'),
    )
    expect(first.match(/class="line"/g)?.length).toBe(24)
  })

  test('can be rasterised, with its lines in the colour of the verdict', async () => {
    const { data, info } = await sharp(Buffer.from(svg)).flatten().raw().toBuffer({ resolveWithObject: true })
    expect([info.width, info.height]).toEqual([960, 656])
    const colour = rgb(PALETTE.light.likely_manipulated)
    const [red, green, blue] = colour as [number, number, number]
    let hits = 0
    for (let at = 0; at < data.length; at += info.channels) {
      const near = (channel: number, value: number) => Math.abs(data[at + channel]! - value) < 12
      if (near(0, red) && near(1, green) && near(2, blue)) hits++
    }
    expect(hits).toBeGreaterThan(300)
  })

  test('thins a long track to the highest score of each stretch', async () => {
    const long = Array.from({ length: 3000 }, (_, frame) =>
      observe(frame, frame / 25, GROUP_BOXES[0]!, frame === 1234 ? 0.99 : 0.2),
    )
    const face = faceOf('face-1', 'inconclusive', 0.5, long)
    const reasons = [{ code: 'few_frames', message: REASON_TEXT.few_frames } as const]
    const report = reportOf(
      { kind: 'video', durationSeconds: 120 },
      [{ ...face, verdict: { ...face.verdict, reasons } }],
      { frames: long.map(({ frame, seconds }) => ({ index: frame, seconds, faces: 1 })) },
    )
    const drawn = new TextDecoder().decode(
      named(await renderEvidence(asAnalysis(report, [])), 'timeline.svg').bytes,
    )
    expect(drawn.match(/<circle /g)?.length).toBe(600)
    expect(drawn).toContain('cy="9.0"')
  })
})
