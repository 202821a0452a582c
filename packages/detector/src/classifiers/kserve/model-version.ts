import type { Weights } from '@unswap/contract'

/** The version under which an inference server keeps each variant of the weights of one model. */
const VERSIONS: Record<Weights['variant'], number> = { float: 1, int8: 2 }

export const versionOf = (variant: Weights['variant']): number => VERSIONS[variant]

/** The parameter in a model's configuration that holds the SHA-256 of the weights of a variant. */
export const shaParameter = (variant: Weights['variant']): string => `sha256_${variant}`
