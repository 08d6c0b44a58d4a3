import { expect, test } from 'vitest';
import { preferredCodecs } from './codecs';

test('what trunks speak is offered first, keypresses last, the rest not at all', () => {
  const offered = [
    'audio/opus',
    'audio/red',
    'audio/G722',
    'audio/PCMU',
    'audio/PCMA',
    'audio/CN',
    'audio/telephone-event',
  ];
  expect(preferredCodecs(offered.map((mimeType) => ({ mimeType }))).map((codec) => codec.mimeType)).toEqual([
    'audio/PCMU',
    'audio/PCMA',
    'audio/opus',
    'audio/telephone-event',
  ]);
});
