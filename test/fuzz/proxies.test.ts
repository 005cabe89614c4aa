import { fuzz } from './support/fuzz.js'
import { addressRange } from './targets/address-ranges.js'
import { certificateField } from './targets/certificate-fields.js'
import { targetUri } from './targets/target-uris.js'

fuzz(targetUri, certificateField, addressRange)
