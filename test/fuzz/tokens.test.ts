import { fuzz } from './support/fuzz.js'
import { pipeline } from './targets/pipeline.js'
import { claims, header } from './targets/tokens.js'

fuzz(header, claims, pipeline)
