/** The part of libheif's WebAssembly build that is used here; its published types cover another entry point. */
declare module 'libheif-js/wasm-bundle.js' {
  interface LibHeif {
    readonly heif_error_code: { readonly heif_error_Ok: unknown }
    readonly heif_colorspace: { readonly heif_colorspace_RGB: unknown }
    readonly heif_chroma: {
      readonly heif_chroma_interleaved_RGB: unknown
      readonly heif_chroma_interleaved_RGBA: unknown
    }
    heif_context_alloc(): object
    heif_context_free(context: object): void
    heif_context_read_from_memory(context: object, bytes: Uint8Array): HeifError
    heif_js_context_get_primary_image_handle(context: object): object | HeifError
    heif_image_handle_has_alpha_channel(handle: object): number
    heif_image_handle_release(handle: object): void
    heif_js_decode_image2(handle: object, colourSpace: unknown, chroma: unknown): HeifPicture | HeifError
    heif_image_release(image: object): void
  }

  export interface HeifError {
    readonly code: unknown
    readonly message: string
  }

  interface HeifPicture {
    readonly image: object
    readonly channels: readonly [
      { readonly data: Uint8Array; readonly stride: number; readonly width: number; readonly height: number },
    ]
  }

  const library: LibHeif
  export default library
}
