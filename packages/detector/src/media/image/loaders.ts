import sharp from 'sharp'

/** libvips' readers of the formats that are supported, and of the drawings from which evidence is lettered. */
const NEEDED = [
  'VipsForeignLoadJpeg',
  'VipsForeignLoadPng',
  'VipsForeignLoadWebp',
  'VipsForeignLoadHeif',
  'VipsForeignLoadNsgif',
  'VipsForeignLoadTiff',
  'VipsForeignLoadSvgBuffer',
]

/** From here on this process cannot be brought to read any other format: PDF, Magick scripts, SVG files, raw formats. */
export function keepNeededLoaders(): void {
  sharp.block({ operation: ['VipsForeignLoad'] })
  sharp.unblock({ operation: NEEDED })
}
