//! Lists, searched for what was made for a request.

use workflows::operation::activity_input::PartnerCall;

use super::answer::Answer;
use super::call::Call;
use super::client::Client;
use super::wire::{self, Listed, Page};

/// The size of a page: an answer must fit into what is read of one.
const PAGE: &str = "10";

/// A list of more pages is not searched further.
const PAGES: u32 = 50;

/// The first object of a list that was made for this request, or the answer that kept it unknown.
pub(super) async fn find<T: Listed>(
    client: &Client,
    call: &PartnerCall,
    list: &Call<'_>,
) -> Result<Option<T>, Answer<Page<T>>> {
    let mut after: Option<String> = None;
    for _ in 0..PAGES {
        let mut fields = list.fields.to_vec();
        fields.push(("limit", PAGE));
        fields.extend(after.as_deref().map(|id| ("starting_after", id)));
        let next = Call {
            fields: &fields,
            ..*list
        };
        let page = match client.get(next, wire::page).await {
            Answer::Got(page) => page,
            other => return Err(other),
        };
        let last = page.data.last().map(|it| it.id().to_owned());
        let mut made = page.data.into_iter();
        let ours = made.find(|it| is_for(call, it));
        match last {
            Some(_) if ours.is_none() && page.has_more => after = last,
            _ => return Ok(ours),
        }
    }
    Err(Answer::Unclear("the list is too long to search".to_owned()))
}

/// Whoever made the order's original payment may have given it the same metadata.
fn is_for(call: &PartnerCall, made: &impl Listed) -> bool {
    let is_original = Some(made.id()) == call.payment_reference.as_deref();
    made.request_id() == Some(call.request_id.as_str()) && !is_original
}
