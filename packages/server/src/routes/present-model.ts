import type { Model } from '@unswap/contract'
import type { ModelFolder } from '@unswap/detector'

/**
 * A model as the API shows it.
 * @param running the variant that a worker has tested and runs; undefined until then, when the fastest one is shown
 */
export function toModel(folder: ModelFolder, running: 'int8' | 'float' | undefined): Model {
  const { manifest, calibration, sha256, card, figures } = folder
  const weights = manifest.weights.find(({ variant }) => variant === running) ?? manifest.weights[0]!
  const { image, video } = calibration
  return {
    id: manifest.id,
    description: manifest.description,
    variant: weights.variant,
    sha256: weights.sha256,
    families: manifest.families,
    thresholds: manifest.thresholds as Record<string, number>,
    inputSize: manifest.input.size,
    licence: manifest.licence,
    training: manifest.training,
    calibration: {
      sha256,
      status: calibration.status,
      fittedOn: calibration.fittedOn,
      prior: calibration.prior,
      image: { bands: image.bands, samples: image.samples },
      video: { bands: video.bands, samples: video.samples },
    },
    card,
    figures,
  }
}
