import sharp from 'sharp'

/** libvips' readers of the supported formats, and of the SVG drawings that letter the evidence. */
const NEEDED = [
  'VipsForeignLoadJpeg',
  'VipsForeignLoadPng',
  'VipsForeignLoadWebp',
  'VipsForeignLoadHeif',
  'VipsForeignLoadNsgif',
  'VipsForeignLoadTiff',
  'VipsForeignLoadSvgBuffer',
]

/** Blocks every other reader of libvips in this process: PDF, Magick scripts, SVG files, raw formats. */
export function allowNeededLoadersOnly(): void {
  sharp.block({ operation: ['VipsForeignLoad'] })
  sharp.unblock({ operation: NEEDED })
}
