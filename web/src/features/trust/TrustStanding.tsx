import { MeaningMark } from '../../components/Meaning';
import { STANDINGS } from '../../components/meanings';
import { readFragment, type FragmentType } from '../../gql';
import { TrustFigures } from './fragments';
import { TrustCellModel } from './TrustCell';
import { useLiveTrust } from './useLiveTrust';

/** Where a model stands against its threshold, as a shape and a word; live as its number is. */
export function TrustStanding({ model, isPast }: { model: FragmentType<typeof TrustCellModel>; isPast: boolean }) {
  const { id, trust } = readFragment(TrustCellModel, model);
  const recorded = readFragment(TrustFigures, trust);
  const live = useLiveTrust(id, isPast || !recorded);
  const standing = live?.score.standing ?? recorded?.standing;
  if (standing === undefined) return <MeaningMark meaning="unknown">Not scored</MeaningMark>;
  return <MeaningMark meaning={STANDINGS[standing].meaning}>{STANDINGS[standing].word}</MeaningMark>;
}
