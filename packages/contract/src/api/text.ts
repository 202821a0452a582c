import Type from 'typebox'

/** What a person writes: any characters but NUL, which PostgreSQL cannot keep. */
export const Text = (options: Type.TStringOptions) => Type.String({ ...options, pattern: '^[^\\x00]*$' })
