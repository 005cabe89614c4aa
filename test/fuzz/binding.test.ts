import { fuzz } from './support/fuzz.js'
import { boundPipeline } from './targets/bound-pipeline.js'
import { nonce } from './targets/nonces.js'
import { proof } from './targets/proofs.js'

fuzz(proof, nonce, boundPipeline)
