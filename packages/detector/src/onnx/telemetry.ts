/**
 * From 1.29 on, the published builds of onnxruntime for Linux and macOS report their use to the maker over the
 * network and leave files in the temporary folder. Nothing of an analysis may leave the machine, so this is switched
 * off; it has to happen before the runtime is loaded, so import this first.
 */
process.env.ORT_DISABLE_TELEMETRY = '1'
