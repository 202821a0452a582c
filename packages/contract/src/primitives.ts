import Type from 'typebox'

/** A value that may be null. */
export const Nullable = <T extends Type.TSchema>(schema: T, options: Type.TSchemaOptions = {}) =>
  Type.Union([schema, Type.Null()], options)

/** A SHA-256 in hexadecimal. */
export const Sha256 = (options: Type.TStringOptions = {}) =>
  Type.String({ ...options, pattern: '^[0-9a-f]{64}$' })

/** What a person writes: any characters but NUL, which PostgreSQL cannot keep. */
export const Text = (options: Type.TStringOptions) => Type.String({ ...options, pattern: '^[^\\x00]*$' })

/** A moment as RFC 3339. */
export const Time = (options: Type.TStringOptions = {}) => Type.String({ ...options, format: 'date-time' })

/** A share, score or probability, 0..1. */
export const Probability = Type.Number({ minimum: 0, maximum: 1 })

export const Count = Type.Integer({ minimum: 0 })
