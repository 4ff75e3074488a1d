export { createDemoModel } from './demo-model.ts'
export type { DemoModelOptions } from './demo-model.ts'
export type { ModelLimits } from './limits.ts'
export type {
  ModelApi,
  ModelClient,
  ModelConnection,
  OpenStream,
  StreamEnding,
  StreamReader,
} from './model-api.ts'
export { createModels } from './models.ts'
export type { Models, ModelsOptions, ResolveOptions } from './models.ts'
export type { ModelApiName, ModelCredential, ProviderSettings } from './provider.ts'
