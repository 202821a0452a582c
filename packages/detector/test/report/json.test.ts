import { Report } from '@unswap/contract'
import { reportToJson } from '@unswap/detector'
import Value from 'typebox/value'
import { describe, expect, test } from 'vitest'
import { groupPhotograph, groupVideo, reportOf } from './sample.ts'

/** The same value with the keys of every object turned round. */
function reversed<T>(value: T): T {
  if (Array.isArray(value)) return value.map(reversed) as T
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, inner]) => [key, reversed(inner)]),
  ) as T
}

describe('reportToJson', () => {
  test('gives text that the schema accepts and that reads back to the same report', async () => {
    for (const { report } of [await groupPhotograph(), await groupVideo()]) {
      const read: unknown = JSON.parse(reportToJson(report))
      expect([...Value.Errors(Report, read)]).toEqual([])
      expect(read).toEqual(report)
    }
  })

  test('does not depend on the order in which keys were set', async () => {
    const { report } = await groupVideo()
    expect(Object.keys(reversed(report))[0]).not.toBe('schema')
    expect(reportToJson(reversed(report))).toBe(reportToJson(report))
  })

  test('follows the schema, down to tuples and unions, and keeps what the schema does not know', () => {
    const report = { zeta: 1, ...reportOf({}, []), alpha: 2 }
    const text = reportToJson(report)
    const keys = Object.keys(JSON.parse(text))
    const declared = Object.keys(Report.properties).filter((key) => key in report)
    expect(keys).toEqual([...declared, 'alpha', 'zeta'])
    expect(text.endsWith('}\n')).toBe(true)
    expect(reportToJson(report, 0)).not.toContain('\n')
  })
})
