import { AnalysisOptions, type Retention, retentionHours, type Settings, UnswapError } from '@unswap/contract'
import Type from 'typebox'
import type { Config } from '../config.ts'
import { checkSchema } from './check-schema.ts'

/** The options as form fields and query parameters: a webhook takes two of them. */
export const OptionFields = {
  ...AnalysisOptions.properties,
  webhook: Type.Optional(Type.String({ maxLength: 2048, description: 'called when the analysis ends' })),
  webhookSecret: Type.Optional(
    Type.String({ minLength: 8, maxLength: 256, description: 'key of the webhook’s signature' }),
  ),
}

/** Parts of a comma list that are read; more than any list of options may hold. */
const MOST_PARTS = 100

const Strict = Type.Object(AnalysisOptions.properties, { additionalProperties: false })

/**
 * Parses options from form fields or query parameters, where everything is text: `frames=all`, `tags=a,b`,
 * `webhook=https://…` with `webhookSecret`.
 * @throws Refusal `body_invalid`, naming each wrong field
 */
export function readOptionFields(fields: Readonly<Record<string, string>>): AnalysisOptions {
  const options: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(fields)) {
    if (value !== '')
      Object.defineProperty(options, name, { value: readField(name, value), enumerable: true })
  }
  const { webhook, webhookSecret, ...rest } = options
  if (webhook !== undefined) {
    Object.assign(rest, {
      webhook: { url: webhook, ...(webhookSecret === undefined ? {} : { secret: webhookSecret }) },
    })
  }
  return checkSchema(Strict, rest)
}

function readField(name: string, value: string): unknown {
  if (name === 'frames' || name === 'maxFaces' || name === 'fps') {
    return value === 'all' || value.trim() === '' ? value : Number(value)
  }
  if (name === 'flip' || name === 'fresh') {
    if (['true', '1', 'on'].includes(value)) return true
    return ['false', '0', 'off'].includes(value) ? false : value
  }
  if (name === 'tags' || name === 'models') {
    const parts = value.split(',', MOST_PARTS).map((part) => part.trim())
    return parts.filter((part) => part !== '')
  }
  return value
}

/**
 * The settings of an analysis: what was asked for, and the service's defaults for the rest.
 * @throws UnswapError `bad_option` for `frames` together with `fps`; `limit_frames`
 */
export function resolveSettings(
  options: AnalysisOptions,
  config: Pick<Config, 'analysis' | 'limits'>,
): Settings {
  if (options.frames !== undefined && options.fps !== undefined) {
    throw new UnswapError('bad_option', 'Give either frames or fps, not both.')
  }
  const frames = options.frames ?? config.analysis.frames
  // A second pass adds frames, so there is none when the caller asked for a number of frames.
  const closer = options.frames === undefined ? ({ closer: true } as const) : {}
  if (typeof frames === 'number' && options.fps === undefined && frames > config.limits.frames) {
    throw new UnswapError(
      'limit_frames',
      `At most ${config.limits.frames} frames are analysed; ask for fewer.`,
    )
  }
  return {
    sampling:
      options.fps !== undefined
        ? { fps: options.fps }
        : frames === 'all'
          ? { all: true }
          : { count: frames, ...closer },
    maxFaces: options.maxFaces ?? config.analysis.maxFaces,
    flip: options.flip ?? config.analysis.flip,
  }
}

/**
 * The retention that was asked for, when the service allows it; else its default.
 * @throws UnswapError `bad_option`
 */
export function resolveRetention(asked: string | undefined, config: Config['retention']): Retention {
  const retention = (asked ?? config.default) as Retention
  if (asked === undefined || retention === 'none') return retention
  const { longestHours } = config
  if (retention === 'keep' && !config.keep) {
    throw new UnswapError(
      'bad_option',
      'This service keeps nothing for ever; ask for retention=hours:N or none.',
    )
  }
  if (longestHours > 0 && (retentionHours(retention) ?? 0) > longestHours) {
    throw new UnswapError('bad_option', `This service keeps media for at most ${longestHours} hours.`)
  }
  return retention
}
