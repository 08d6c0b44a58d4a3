type Codec = { mimeType: string };

/** What trunks speak comes first, so that a bridge need not transcode; keypresses last. */
const preference = ['audio/pcmu', 'audio/pcma', 'audio/opus', 'audio/telephone-event'];

/** The codecs we offer, in our order; what we do not know is left out. */
export function preferredCodecs<T extends Codec>(offered: T[]): T[] {
  return preference.flatMap((name) => offered.filter((codec) => codec.mimeType.toLowerCase() === name));
}
