import { expect, test } from 'vitest';
import { QualityMeter } from './quality';

const stats = (packetsReceived: number, packetsLost: number, rttS: number) =>
  new Map<string, object>([
    ['in', { type: 'inbound-rtp', kind: 'audio', packetsReceived, packetsLost }],
    ['pair', { type: 'candidate-pair', nominated: true, currentRoundTripTime: rttS }],
  ]);

test('quality is graded by what happened since the last look', () => {
  const meter = new QualityMeter();
  expect(meter.observe(stats(100, 0, 0.024))).toEqual({ grade: 'good', rttMs: 24, loss: 0, silent: false });
  expect(meter.observe(stats(190, 10, 0.024)).grade).toBe('poor');
  expect(meter.observe(stats(290, 10, 0.024)).grade).toBe('good');
  expect(meter.observe(stats(390, 10, 0.4)).grade).toBe('fair');
});

test('a line without packets is not a bad one, but a silent one', () => {
  expect(new QualityMeter().observe(new Map())).toEqual({ grade: 'good', rttMs: null, loss: 0, silent: true });
  const meter = new QualityMeter();
  meter.observe(stats(100, 0, 0.024));
  expect(meter.observe(stats(100, 0, 0.024)).silent).toBe(true);
});
