/**
 * 1,024 English words, each of which is one token together with the space before it in the tokenizers of GPT-2, GPT-4, GPT-4o, Llama,
 * Llama 3 and Mistral alike: the most common of those that are, by their place in GPT-4's.
 */
export const COMMON_WORDS: readonly string[] = `
this that with return from class public have self will your function more they data name true their private time
which false value about string over type inter part work when other been were file would year some there said like
also than static just result them into what list case first import only print back need start user under then people
should test make after right long array read form want number require size where while look could know hand most
break every point error text show find current used play help these pass down even item through last event again
high line does before because state here final very model call well object years default view many being good using
stud request child echo person style method expect found post such think differ much count check open next follow
game path each support sign those system best same create made mark group world process main color report take free
action index real build message input between table head must order product double place week prop program response
code without still assert field team second going range fact home left direct allow page different around really
image target both level document local content quest develop great month super title context life catch change
position book version three base during console against power width label project element success date match node
another care effect service since full turn body something stand available block keep throw things control come
custom source output business required govern might never hard intern called options height small access protected
address little port status update link given better feel already including always parent less account valid
following sure search says rest interest perform site values cell player cost total load clear seem short override
company done health children days initial online instance organ reason within design cent school consider include
stop later client love able give condition copy either important lead family option exist offer water step display
times four present room once results continue talk grow mean until market area length kind light side example miss
based plan away button render near country author specific along express begin software thing single rights women
season possible sent command recent money told working query window least column record making close percent past
write move special city tell select font course late amount enough looking hold property para price today means
story meet sort thought task review switch above question word provide research publish cover whether having employ
large created host role deal problem press though points ever services actually million happen server files often
space password store format details face save items social major expected food members send become makes global
contact except certain character news device previous material below media fail black component added came delete
card root handle getting claim enter location night doing pick watch human strong interface house track pack section
wait together throws terms apply session others fund several template subject history users future started mode took
games products needs known seen border live variable provided filename hope young website study network limit went
fire across community official visit received token months learn mind quick comment represent series original bill
frame draw comes filter remove front selected according virtual anything hours models early center language easy
download students buffer cannot white register period screen common suggest accept random click players among answer
walk five friend clean words header discuss issue land stream quality works half simple empty cook relations nothing
running someone share entry changes personal offset events whole needed likely writing rate correct fall believe
features minutes similar taken moment bring entire trying member foot board push please types edit defined thread
instead idea film teach phone active article almost sell connect feature install complete general asked reserved
icon party vector normal further database music speed taking forward failed concern sender term potential published
probably enjoy returns weight exception module favor loss engine issues stay lower perfect exact former margin heart
rather building questions security however inside graph attempt round friends energy behind raise wanted policy
third training prior exit release shall outside ground unique pour tree byte matter shows ball simply fast memory
industry extra reported resources wrong seems unit takes appear difficult coming settings quite blog everyone pretty
longer menu currently names effort actual fields cases higher itself respect progress resource direction numbers
companies sound statement alert contract lines soon join fill choose office transform flag note specified upon
groups risk woman gets included cause focus multiple regard addition various receive increase commit leave align
reading notice lock standard padding states internal cross national script problems arch written images platform
force prevent living pattern entity useful tool feed popular methods allowed impact elements train related vers
scale score student average court container parts decision approach saying anyone song channel changed finally
convert ways plus profile ready sense latest region deep reach counter damage lost himself paper staff driver
category stock rules modify contains stack playing bottom couple road held includes avoid insert machine operation
areas operator argument establish movie activity provides uses license ability parameter functions choice flex
wonder legal goes reference regular goal touch built worth natural storage bytes travel passed grid countries levels
looks necessary released respond financial evidence rule starting recently returned seek otherwise systems drop
structure directly errors arguments ensure grad usually serious customer door plant began distance chance protect
route primary leaders comments updated inform bank sample hands offers shape sleep sold safe shared remember scene
became park yourself wrote equal serial allows middle quickly actions proper objects matrix ones green paint
designed layer views core expert directory beautiful secret chat origin setting happy finish camera stuff sale
mention town solution slow blue lives customers cast dark package club loop played existing complex analysis deliver
computer mobile owner treatment leading flow involved shift eyes nice floor redirect wish stage solid meeting worked
editor medical hour books speak mount felt modern seconds cache roll setup growth turned letter attention collect
situation knowledge drive photo gave mother morning trade parents piece practice selection sites reader messages
heard gold fair sales
`
  .trim()
  .split(/\s+/);
