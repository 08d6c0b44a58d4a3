/**
 * How good the line is: the way there and back in ms, the share of packets that did not arrive, 0 to 1, and whether none
 * came at all.
 */
export type Quality = { grade: 'good' | 'fair' | 'poor'; rttMs: number | null; loss: number; silent: boolean };

type Report = { type: string; kind?: string; packetsReceived?: number; packetsLost?: number };
type RttReport = { roundTripTime?: number; currentRoundTripTime?: number; nominated?: boolean };

/** Turns the browser's running totals into the quality since the last look. */
export class QualityMeter {
  #received = 0;
  #lost = 0;

  /** Takes the statistics of a connection; grades what happened since the last ones. */
  observe(stats: { forEach: (each: (report: unknown) => void) => void }): Quality {
    let received = 0;
    let lost = 0;
    let rttMs: number | null = null;
    stats.forEach((value) => {
      const report = value as Report & RttReport;
      if (report.type === 'inbound-rtp' && report.kind === 'audio') {
        received = report.packetsReceived ?? 0;
        lost = report.packetsLost ?? 0;
      }
      if (report.type === 'candidate-pair' && report.nominated && report.currentRoundTripTime !== undefined) {
        rttMs = Math.round(report.currentRoundTripTime * 1000);
      }
    });
    const newlyReceived = Math.max(0, received - this.#received);
    const newlyLost = Math.max(0, lost - this.#lost);
    this.#received = received;
    this.#lost = lost;
    const expected = newlyReceived + newlyLost;
    const loss = expected === 0 ? 0 : newlyLost / expected;
    return { grade: grade(rttMs ?? 0, loss), rttMs, loss, silent: newlyReceived === 0 };
  }
}

// ITU-T G.114: up to 150 ms one way is not noticed, 400 ms is the limit; G.711 without concealment suffers from 1 % loss.
function grade(rttMs: number, loss: number): Quality['grade'] {
  if (loss > 0.05 || rttMs > 800) return 'poor';
  if (loss > 0.01 || rttMs > 300) return 'fair';
  return 'good';
}
