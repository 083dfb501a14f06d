import { fireEvent, screen } from '@testing-library/react';
import { Provider } from 'urql';
import { never } from 'wonka';
import { expect, test, vi } from 'vitest';
import { PlanDialog } from '../../src/features/registry/PlanDialog';
import { shown } from '../shown';

const PLAN = {
  windowSeconds: 2_592_000, latenessSeconds: 86_400, minimumRows: 200, minimumGroupSize: 100, confidence: 0.9999, psiLimit: 0.005, distanceLimit: 0.1,
  parityRatioLimit: 0.8, parityDifferenceLimit: 0.1, performanceTolerance: 0.05, missingTolerance: 0.05, unseenTolerance: 0.05, unlikelyTolerance: 0.04,
  clockTolerance: 0.05, duplicateTolerance: 0.05, violationTolerance: 0.05, silenceLimit: 0.25, leastLabelShare: 0, measures: [], features: null, outputs: [], slices: [], contrasts: [],
  triggers: ['DATA'], schedule: null, changedAt: null, changedBy: null, reason: null, id: 'plan',
};
const VERSION = { id: 'v', tag: '1.0', signature: { columns: [{ name: 'age' }], classes: ['no', 'yes'], groups: [{ name: 'sex', column: 'sex' }] }, plan: PLAN } as unknown as Parameters<typeof PlanDialog>[0]['version'];
const client = { executeMutation: vi.fn(), executeQuery: vi.fn(() => never), executeSubscription: vi.fn() };

test('who tabs through the dialog changes no number that lies beyond what the arrows reach', () => {
  shown(<Provider value={client}><PlanDialog version={VERSION} onClose={vi.fn()} onDone={vi.fn()} /></Provider>);
  for (const [label, value] of [['PSI', '0.005'], ['Confidence', '0.9999']] as const) {
    const field = screen.getByLabelText<HTMLInputElement>(label);
    fireEvent.focus(field);
    fireEvent.blur(field);
    expect(field.value).toBe(value);
  }
});
