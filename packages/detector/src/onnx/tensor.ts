/** Float32 values in row-major order; `dims` multiply to `data.length`. */
export interface FloatTensor {
  readonly data: Float32Array
  readonly dims: readonly number[]
}

/** Tensors by the name of the network's input or output. */
export type NamedTensors = Readonly<Record<string, FloatTensor>>
