import { REASON_CODES, REASON_TEXT, Report } from '@unswap/contract'
import { renderHtml } from '@unswap/detector'
import Value from 'typebox/value'
import { beforeAll, describe, expect, test } from 'vitest'
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
  withCalibration,
} from '../sample.ts'

const HOSTILE = `</title><script src="https://evil.example/x.js"></script><img src=x onerror="alert(1)">'"&\u202e\u0000`

/** Everything that a browser could fetch or run, apart from pictures inside the page and links within it. */
function outsideReferences(html: string): string[] {
  const attributes = [
    ...html.matchAll(/\s(?:src|href|srcset|action|data|poster|background)\s*=\s*"([^"]*)"/gi),
  ]
    .map((match) => match[1]!)
    .filter((value) => !value.startsWith('data:image/') && !value.startsWith('#'))
  const others = html.match(
    /<(?:script|link|iframe|object|embed|base|form)\b|\bon[a-z]+\s*=\s*"|@import|url\(/gi,
  )
  return [...attributes, ...(others ?? [])]
}

describe('renderHtml', () => {
  let photograph: string
  let video: string
  beforeAll(async () => {
    photograph = await renderHtml(await groupPhotograph(), { name: 'party.jpg' })
    video = await renderHtml(await groupVideo())
  })

  test('asks for nothing outside itself and runs nothing', () => {
    for (const html of [photograph, video]) {
      expect(outsideReferences(html)).toEqual([])
      expect(html.includes('content="default-src &#39;none&#39;;')).toBe(true)
      expect(html.match(/<img /g)?.length).toBe(html.match(/src="data:image\//g)?.length)
    }
  })

  test('says the verdict first, in words, then the probability and how sure it is', () => {
    const order = [
      '<h1',
      'Likely manipulated',
      '96%',
      '90% interval: 87% to &gt;99%',
      'is provisional',
      'What the verdict rests on',
      'Why it is not more certain',
      '<h2 id="picture"',
      '<h2 id="faces"',
      '<h2 id="media"',
      '<h2 id="limits"',
    ]
    const body = photograph.slice(photograph.indexOf('<body>'))
    const places = order.map((part) => body.indexOf(part))
    expect(places.every((place) => place >= 0)).toBe(true)
    expect(places).toEqual([...places].sort((a, b) => a - b))
    expect(photograph.includes('party.jpg')).toBe(true)
  })

  test('says what share of manipulated media the calibration assumes, and where its bands begin', async () => {
    const { report } = await groupPhotograph()
    const bands = { authentic: 0.21, manipulated: 0.87, falsePositiveRate: 0.015 }
    const html = await renderHtml({ report: withCalibration(report, 0.1, bands) })
    expect(html).toContain('This assumes that 10 in 100 of all media are manipulated')
    expect(html).toContain('Likely authentic up to 21%, likely manipulated from 87%')
    expect(html).toContain('in about 1.5% of real media')
    const [scale] = /<svg class="scale".*?<\/svg>/s.exec(html)!
    expect(scale.match(/class="zone likely_(authentic|manipulated)"/g)).toHaveLength(2)
  })

  test('says nothing of what a report of an older version does not tell', async () => {
    const { report } = await groupPhotograph()
    expect(Value.Check(Report, report)).toBe(true)
    for (const part of ['This assumes', 'Likely authentic up to', 'class="zone']) {
      expect(photograph).not.toContain(part)
    }
  })

  test('shows each temporal measure, a chart and the contact sheet for a video', () => {
    for (const name of [
      'Spread of the scores',
      'Jumps of the score',
      'Jitter of the landmarks',
      'Face against its surround',
    ]) {
      expect(video.split(name).length - 1).toBe(3)
    }
    expect(video.match(/<svg class="chart"/g)?.length).toBe(3)
    expect(video.includes('id="sheet"')).toBe(true)
    expect(photograph.includes('class="chart"')).toBe(false)
  })

  test('gives the numbers that repeat the analysis', () => {
    for (const part of [
      'a'.repeat(64),
      'b'.repeat(64),
      'c'.repeat(64),
      'xception-1',
      'unswap.report/1',
      '32, spread evenly',
    ]) {
      expect(video.includes(part)).toBe(true)
    }
  })

  test('can be used with a screen reader: language, landmarks, alternative texts, headers of tables, no level skipped', () => {
    for (const html of [photograph, video]) {
      expect(/<html lang="en">/.test(html)).toBe(true)
      expect(html.match(/<(main|header|footer)[ >]/g)!.length).toBeGreaterThanOrEqual(3)
      for (const [image] of html.matchAll(/<img [^>]*>/g))
        expect(image.replace(/src="[^"]*"/, '')).toMatch(/alt="[^"]{20,}"/)
      for (const [svg] of html.matchAll(/<svg [^>]*>/g))
        expect(svg).toMatch(/aria-hidden="true"|role="img" aria-label="[^"]{20,}"/)
      expect(html.match(/<th(?= |>)/g)?.length).toBe(html.match(/<th scope="(?:row|col)"/g)?.length)
      expect(html.match(/<table/g)?.length).toBe(html.match(/<caption>/g)?.length)
      const levels = [...html.matchAll(/<h([1-6])[ >]/g)].map((match) => Number(match[1]))
      expect(levels.filter((level) => level === 1)).toHaveLength(1)
      for (const [index, level] of levels.slice(1).entries())
        expect(level - levels[index]!).toBeLessThanOrEqual(1)
      const ids = [...html.matchAll(/\sid="([^"]*)"/g)].map((match) => match[1])
      expect(new Set(ids).size).toBe(ids.length)
      for (const [, id] of html.matchAll(/(?:aria-labelledby="|href="#)([^"]*)"/g)) expect(ids).toContain(id)
    }
  })

  test('opens no tag that it does not close', () => {
    const open: string[] = []
    for (const [, end, name, self] of video.matchAll(/<(\/?)([a-z][a-z0-9]*)\b[^>]*?(\/?)>/g)) {
      if (['meta', 'img'].includes(name!) || self === '/') continue
      if (end === '/') expect(open.pop()).toBe(name)
      else open.push(name!)
    }
    expect(open).toEqual([])
  })

  test('carries every reason, of the media, of a face and as a note', async () => {
    const reasons = REASON_CODES.map((code) => ({ code, message: `${REASON_TEXT[code]} (${code})` }))
    const face = faceOf('face-1', 'inconclusive', 0.5, [observe(0, 0, GROUP_BOXES[0]!, 0.5)])
    const verdict = { ...face.verdict, probability: null, interval: null, reasons }
    const report = reportOf({}, [{ ...face, verdict }], { verdict, notes: reasons })
    const html = await renderHtml({ report })
    for (const { message } of reasons) expect(html.split(message).length - 1, message).toBe(3)
    expect(html.includes('No probability is given')).toBe(true)
    expect(html.includes('is provisional:')).toBe(false)
  })

  test('escapes whatever came from the media, the models or the user', async () => {
    const face = faceOf(HOSTILE, 'likely_manipulated', 0.9, [observe(0, 0, GROUP_BOXES[0]!, 0.9)])
    const reason = { code: 'face_blurred' as const, message: HOSTILE, faceId: HOSTILE }
    const report = reportOf(
      { kind: 'video', format: HOSTILE, codec: HOSTILE, decoder: HOSTILE, durationSeconds: 1 },
      [
        {
          ...face,
          verdict: { ...face.verdict, reasons: [reason] },
          models: [{ ...face.models[0]!, model: HOSTILE }],
          map: { ...face.map!, regions: { [HOSTILE]: 0.9 } },
          temporal: [{ id: 'score_jumps', value: 1, unit: HOSTILE, meaning: HOSTILE, samples: 3 }],
        },
      ],
      { version: HOSTILE, notes: [reason] },
    )
    const [model] = report.models
    report.models = [{ ...model!, id: HOSTILE, calibration: { ...model!.calibration, fittedOn: HOSTILE } }]
    const frame = { frame: 0, seconds: 0, scale: 1, picture: plainPicture(64, 64, 40) }
    const shown = { faceId: HOSTILE, frame: 0, crop: plainPicture(224, 224, 90), map: hillMap(0.9, 14, 14) }
    const html = await renderHtml(asAnalysis(report, [frame], [shown]), { name: HOSTILE })
    expect(outsideReferences(html)).toEqual([])
    for (const part of ['<script', '<img src=x', '\u202e', '\u0000']) expect(html.includes(part)).toBe(false)
    expect(html.split('&lt;script src=&quot;https').length).toBeGreaterThan(12)
  })

  test('is the same for the same analysis, however long it took', async () => {
    const analysis = await groupPhotograph()
    const slower = { ...analysis, timings: { ...analysis.timings, total: 123_456 } }
    expect((await renderHtml(slower, { name: 'party.jpg' })) === photograph).toBe(true)
  })

  test('stays readable with very many faces: all in the table, twelve in full', async () => {
    const faces = Array.from({ length: 40 }, (_, index) =>
      faceOf(`face-${index + 1}`, 'likely_authentic', 0.1, [observe(0, 0, GROUP_BOXES[0]!, 0.1)]),
    )
    const html = await renderHtml({ report: reportOf({}, faces) })
    expect(html.match(/<article /g)).toHaveLength(12)
    expect(html.includes('Face 40')).toBe(true)
  })
})
