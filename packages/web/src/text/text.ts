import { analyseText } from './english/analyse-text.ts'
import { batchText } from './english/batch-text.ts'
import { connectionText } from './english/connection-text.ts'
import { explanationText } from './english/explanation-text.ts'
import { feedbackText } from './english/feedback-text.ts'
import { generalText } from './english/general-text.ts'
import { helpText } from './english/help-text.ts'
import { historyText } from './english/history-text.ts'
import { keysText } from './english/keys-text.ts'
import { modelsText } from './english/models-text.ts'
import { resultText } from './english/result-text.ts'
import { signInText } from './english/sign-in-text.ts'
import { statusText } from './english/status-text.ts'
import { uploadText } from './english/upload-text.ts'

/**
 * Every sentence of the pages: one object per area, which has its file in the folder of a language. Another language has
 * the same files with the same keys, and is chosen here.
 */
export const text = {
  ...generalText,
  analyse: analyseText,
  batch: batchText,
  connection: connectionText,
  explanation: explanationText,
  feedback: feedbackText,
  help: helpText,
  history: historyText,
  keys: keysText,
  models: modelsText,
  result: resultText,
  signIn: signInText,
  status: statusText,
  upload: uploadText,
}
