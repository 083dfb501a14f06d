import { fireEvent, screen } from '@testing-library/react';
import { expect, test } from 'vitest';
import { promotionConsequences } from '../../src/features/registry/consequences';
import { ModelTable } from '../../src/features/registry/ModelTable';
import { orderModels } from '../../src/features/registry/orderModels';
import type { ModelRowFragment } from '../../src/gql/graphql';
import { shown } from '../shown';

function aModel(name: string, given: Partial<ModelRowFragment> = {}): ModelRowFragment {
  return {
    id: name, name, description: '', registeredAt: '2026-03-01T00:00:00Z', project: { id: 'p', name: 'Project' }, production: null,
    trust: { value: 0.8, standing: 'TRUSTED' }, openAlertCount: 0,
    intake: { predictions: 10, highWater: null, lastReceivedAt: null }, ...given,
  };
}

const MODELS = [
  aModel('Beta', { trust: { value: 0.9, standing: 'TRUSTED' } }),
  aModel('Alpha', { trust: null }),
  aModel('Gamma', { trust: { value: 0.4, standing: 'BELOW_THRESHOLD' }, openAlertCount: 3 }),
];
const names = (models: ModelRowFragment[]) => models.map((model) => model.name);

test('models stand by trust, the least trusted first and the unscored last', () => {
  expect(names(orderModels(MODELS, 'trust'))).toEqual(['Gamma', 'Beta', 'Alpha']);
});

test('turned round, what is missing is still last', () => {
  expect(names(orderModels(MODELS, '-trust'))).toEqual(['Beta', 'Gamma', 'Alpha']);
});

test('most alerts come first, equal ones by name', () => {
  expect(names(orderModels(MODELS, 'alerts'))).toEqual(['Gamma', 'Alpha', 'Beta']);
});

test('an order that does not exist is by trust', () => {
  expect(names(orderModels(MODELS, 'toString'))).toEqual(['Gamma', 'Beta', 'Alpha']);
});

test('the order of the table is in the address', () => {
  shown(<ModelTable models={MODELS} isPast={false} trustOf={() => null} standingOf={() => null} />, '/?asOf=412');
  fireEvent.click(screen.getByRole('button', { name: 'Model' }));
  expect(screen.getByLabelText('address').textContent).toBe('/?asOf=412&order=name');
  expect(screen.getAllByRole('row').slice(1).map((row) => row.querySelector('a')?.textContent)).toEqual(['Alpha', 'Beta', 'Gamma']);
});

test('a link of the table stays at the moment that is looked at', () => {
  shown(<ModelTable models={MODELS} isPast trustOf={() => null} standingOf={() => null} />, '/?asOf=412');
  expect(screen.getByRole('link', { name: 'Beta' }).getAttribute('href')).toBe('/models/Beta/trust?asOf=412');
});

test('promoting what serves already says that nothing changes', () => {
  const told = promotionConsequences({ modelName: 'Churn', tag: '1.0', environment: 'PRODUCTION', role: 'CHAMPION', serving: '1.0', hasBaseline: true });
  expect(told).toEqual(['change nothing, because 1.0 is the champion in production already']);
});

test('a promotion says whom it replaces and what it leaves unmeasured', () => {
  const told = promotionConsequences({ modelName: 'Churn', tag: '2.0', environment: 'PRODUCTION', role: 'CHAMPION', serving: '1.0', hasBaseline: false });
  expect(told).toEqual([
    'make 2.0 the champion of Churn in production',
    'replace 1.0, which serves there now',
    "show the trust of 2.0 as the model's trust from now on",
    'leave drift unmeasured, because this version has no baseline',
    'be recorded with your name and the reason',
  ]);
});
