import { isPosition } from './asOf';
import { count, plural, shortName } from './format';
import { exactMoment } from './time';

/** What the frame says when the past is shown. */
export function asOfSentence(shown: string | null, asOf: string | null): string {
  if (shown !== null) return `As known on ${exactMoment(shown)}`;
  if (asOf !== null && isPosition(asOf)) return `As known at position ${count(Number(asOf))}`;
  return 'As known then';
}

export interface ModelOfTheDay {
  name: string;
  standing: 'TRUSTED' | 'BELOW_THRESHOLD' | 'NOT_ENOUGH_EVIDENCE' | null;
  openAlertCount: number;
}

/**
 * The first glance: is it all right, and if not, where? The worst comes first, what else there is to say after it. Of
 * more models than were read it says so, rather than speak for all.
 */
export function sentenceOfTheDay(models: readonly ModelOfTheDay[], total = models.length): { first: string; rest: string } {
  if (models.length === 0) return { first: 'No model is registered yet.', rest: '' };
  const standing = (which: ModelOfTheDay['standing']) => models.filter((model) => model.standing === which);
  const below = standing('BELOW_THRESHOLD');
  const unknown = standing('NOT_ENOUGH_EVIDENCE');
  const trusted = standing('TRUSTED');
  const unscored = standing(null);
  const alerts = models.reduce((sum, model) => sum + model.openAlertCount, 0);
  const parts: string[] = [];
  if (below.length > 0) parts.push(`${namesOf(below)} ${isOrAre(below)} below the trust threshold`);
  if (trusted.length > 0) {
    const isEvery = trusted.length === total && total > 1;
    parts.push(isEvery ? `all ${count(models.length)} models are trusted` : `${namesOf(trusted)} ${isOrAre(trusted)} trusted`);
  }
  if (unknown.length > 0) parts.push(`${namesOf(unknown)} ${unknown.length === 1 ? 'has' : 'have'} not enough evidence yet`);
  if (unscored.length > 0) parts.push(`${namesOf(unscored)} ${isOrAre(unscored)} not scored yet`);
  const waiting = alerts > 0 ? `${plural(alerts, 'alert')} ${alerts === 1 ? 'waits' : 'wait'}` : 'no alert waits';
  const [first = waiting, ...rest] = parts;
  const of = total > models.length ? `of the first ${count(models.length)} of ${count(total)} models, ` : '';
  return { first: sentence(of + [first, waiting].join(', ')), rest: rest.length > 0 ? sentence(rest.join('; ')) : '' };
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

function isOrAre(models: readonly unknown[]): string {
  return models.length === 1 ? 'is' : 'are';
}

/** One or two names; more of them are counted. */
export function namesOf(models: readonly { name: string }[]): string {
  const names = models.map((model) => shortName(model.name));
  if (names.length <= 2) return names.join(' and ');
  return `${count(names.length)} models`;
}

/** "v3 in production since 3 Mar 2026 12:00, promoted by Ada." */
export function productionSentence(tag: string, since: string, by: string): string {
  return `${tag} in production since ${since}, promoted by ${by}`;
}

export function actorName(actor: { kind: string; name?: string | null } | null | undefined): string {
  if (actor === null || actor === undefined) return 'unknown';
  if (actor.kind === 'SYSTEM') return actor.name ? `CDT, ${actor.name}` : 'CDT';
  if (actor.name) return actor.kind === 'KEY' ? `key ${actor.name}` : actor.name;
  return actor.kind === 'KEY' ? 'an API key' : 'a user';
}

export interface VerdictCount {
  verdict: 'PASS' | 'FAIL' | 'INCONCLUSIVE';
}

/** The verdicts of an evaluation in a sentence, the worst first. */
export function verdictSentence(results: readonly VerdictCount[]): string {
  if (results.length === 0) return 'Nothing was measured.';
  const of = (verdict: VerdictCount['verdict']) => results.filter((result) => result.verdict === verdict).length;
  const [failed, unclear, passed] = [of('FAIL'), of('INCONCLUSIVE'), of('PASS')];
  if (failed === 0 && unclear === 0) return `All ${plural(passed, 'check')} passed.`;
  const parts = [
    failed > 0 ? `${count(failed)} failed` : null,
    unclear > 0 ? `${count(unclear)} inconclusive` : null,
    passed > 0 ? `${count(passed)} passed` : null,
  ].filter((part) => part !== null);
  return `Of ${plural(results.length, 'check')}, ${parts.join(', ')}.`;
}
