import type { Report } from '@unswap/contract'
import { describeReport } from '@unswap/detector'
import { describe, expect, test } from 'vitest'
import {
  faceOf,
  GROUP_BOXES,
  groupPhotograph,
  groupVideo,
  observe,
  reportOf,
  withCalibration,
} from '../sample.ts'

describe('describeReport', () => {
  test('puts the verdict in words first, then the probability, and names every face', async () => {
    const lines = describeReport((await groupVideo()).report).map(({ text }) => text)
    expect(lines[0]).toMatch(/^Likely manipulated\. /)
    expect(lines[1]).toBe('Probability of manipulation: 96% (90% interval: 87% to >99%)')
    expect(lines).toContain('video (mp4) · 1280 × 720 px · 8.41 MB · 0:48.00 · 32 frames analysed')
    expect(lines).toContain(
      'Face 2: Inconclusive · score 0.58 · probability 58% · 0:00.75–0:32.25 · 19 of 22 frames usable',
    )
  })

  test('says what the calibration assumes and where its bands begin, where the report tells', async () => {
    const { report } = await groupPhotograph()
    const bands = { authentic: 0.21, manipulated: 0.87, falsePositiveRate: 0.015 }
    const basisOf = (one: Report) =>
      describeReport(one).flatMap(({ role, text }) => (role === 'basis' ? [text] : []))
    const added = basisOf(withCalibration(report, 0.005, bands)).slice(basisOf(report).length)
    expect(added).toEqual([
      'This assumes that 0.5 in 100 of all media are manipulated; where fewer are, the probability is lower.',
      'Likely authentic up to 21%, likely manipulated from 87%. The upper bound was chosen for a false alarm in about 1.5% of real media.',
    ])
  })

  test('takes the mean of the log-odds of models that assume different shares', async () => {
    const { report } = await groupPhotograph()
    const bands = { authentic: 0.2, manipulated: 0.8 }
    const told = withCalibration(report, 0.5, { ...bands, falsePositiveRate: 0.02 })
    const [model] = told.models
    const second = { ...model!, id: 'other', calibration: { ...model!.calibration, prior: 0.1 } }
    const faces = told.faces.map((face) => ({ ...face, bands }))
    const lines = describeReport({ ...told, faces, models: [model!, second] }).map(({ text }) => text)
    expect(lines.some((text) => text.startsWith('This assumes that 25 in 100'))).toBe(true)
    expect(lines).toContain('Likely authentic up to 20%, likely manipulated from 80%.')
  })

  test('says why there is no verdict where no face was found', () => {
    const text = describeReport(reportOf({}, []))
      .map((line) => line.text)
      .join('\n')
    expect(text).toMatch(/^Inconclusive\. /)
    expect(text).toContain('No probability is given')
    expect(text).toContain('No face was found.')
    expect(text).not.toContain('provisional')
  })

  test('tells a reason once, with the faces that it holds for', () => {
    const reason = (code: 'face_too_small' | 'face_dark', faceId: string) => ({
      code,
      message: `${code}.`,
      faceId,
    })
    const doubts = (faces: number) => {
      const ids = Array.from({ length: faces }, (_, index) => `face-${index + 1}`)
      const reasons = [...ids.map((id) => reason('face_too_small', id)), reason('face_dark', 'face-2')]
      const report = reportOf({}, [])
      const lines = describeReport({ ...report, verdict: { ...report.verdict, reasons } })
      return lines.filter(({ role }) => role === 'doubt').map(({ text }) => text)
    }
    expect(doubts(2)).toEqual(['Face 1, Face 2: face_too_small.', 'Face 2: face_dark.'])
    expect(doubts(16)).toEqual(['16 faces: face_too_small.', 'Face 2: face_dark.'])
  })

  test('does not tell as a note what it has told as a reason', () => {
    const partly = { code: 'partly_decoded' as const, message: 'Only part was decoded.' }
    const report = { ...reportOf({}, []), notes: [partly] }
    const told = (reasons: Report['verdict']['reasons']) =>
      describeReport({ ...report, verdict: { ...report.verdict, reasons } }).filter(
        ({ text }) => text === partly.message,
      )
    expect(told([partly]).map(({ role }) => role)).toEqual(['doubt'])
    expect(told([]).map(({ role }) => role)).toEqual(['note'])
  })

  test('tells notes with the face they concern', async () => {
    const lines = describeReport((await groupPhotograph()).report)
    expect(lines.filter(({ role }) => role === 'note').map(({ text }) => text)).toEqual([
      'Face 3: Compression has removed the detail that the decision needs.',
    ])
    expect(lines.filter(({ role }) => role === 'face').map(({ band }) => band)).toEqual([
      'likely_manipulated',
      'inconclusive',
      'likely_authentic',
    ])
  })

  test('never claims certainty, and never lets media steer the terminal', () => {
    const face = faceOf('\u001b[2Jface', 'likely_manipulated', 0.9, [observe(0, 0, GROUP_BOXES[0]!, 0.9)])
    const verdict = { ...face.verdict, probability: 1, interval: [0.999, 1] as [number, number] }
    const lines = describeReport(reportOf({}, [{ ...face, verdict }])).map(({ text }) => text)
    expect(lines).toContain('Probability of manipulation: >99% (90% interval: >99% to >99%)')
    expect(lines.join('')).not.toMatch(/\p{Cc}/u)
  })

  test('counts the faces that it does not list', () => {
    const faces = Array.from({ length: 11 }, (_, index) =>
      faceOf(`face-${index + 1}`, 'likely_authentic', 0.1, [observe(0, 0, GROUP_BOXES[0]!, 0.1)]),
    )
    const lines = describeReport(reportOf({}, faces))
    expect(lines.filter(({ role }) => role === 'face')).toHaveLength(8)
    expect(lines.at(-1)!.text).toBe('3 more faces in the full report.')
  })
})
