import { MeaningMark } from '../../components/Meaning';
import { STANDINGS } from '../../components/meanings';
import { readFragment, type FragmentType } from '../../gql';
import { FreshnessFigures, TrustFigures } from './fragments';
import { standingNow } from './standingNow';
import { TrustCellModel } from './TrustCell';
import { useLiveTrust } from './useLiveTrust';

/** Where a model stands against its threshold, as a shape and a word; live as its number is. */
export function TrustStanding({ model, isPast }: { model: FragmentType<typeof TrustCellModel>; isPast: boolean }) {
  const { id, trust, trustFreshness } = readFragment(TrustCellModel, model);
  const recorded = readFragment(TrustFigures, trust);
  const live = useLiveTrust(id, isPast || !recorded);
  const score = live?.score ?? recorded;
  if (!score) return <MeaningMark meaning="unknown">Not scored</MeaningMark>;
  const standing = standingNow(score, readFragment(FreshnessFigures, trustFreshness));
  return <MeaningMark meaning={STANDINGS[standing].meaning}>{STANDINGS[standing].word}</MeaningMark>;
}
