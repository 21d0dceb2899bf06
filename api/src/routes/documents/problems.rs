//! What every address may be refused with, by what kind of address it is.

use utoipa::openapi::{
    ContentBuilder, ObjectBuilder, Ref, RefOr, Response, ResponseBuilder, Type,
    header::HeaderBuilder,
    path::{HttpMethod, Operation, Parameter, ParameterIn},
};

use crate::error::PROBLEM_JSON;

/// Says of every answer what it is, and with which problems the address can answer.
pub(super) fn tell(method: &HttpMethod, path: &str, operation: &mut Operation) {
    for (code, response) in &mut operation.responses.responses {
        if let RefOr::T(response) = response {
            describe(code, &mut response.description);
        }
    }
    let named = refusals(method, path, operation);
    let responses = &mut operation.responses.responses;
    for code in named.into_iter().chain(["4XX", "default"]) {
        responses
            .entry(code.into())
            .or_insert_with(|| RefOr::Ref(Ref::from_response_name(name(code))));
    }
}

/// Every problem once; the addresses refer to them.
pub(super) fn all() -> impl Iterator<Item = (String, Response)> {
    NAMED.iter().map(|code| (name(code), problem(code)))
}

const NAMED: [&str; 10] = [
    "401", "403", "404", "409", "412", "422", "429", "503", "4XX", "default",
];

fn name(code: &str) -> String {
    format!("Problem-{code}")
}

/// The statuses of refusals that an address of this kind knows.
fn refusals(method: &HttpMethod, path: &str, operation: &Operation) -> Vec<&'static str> {
    // Public ones say so themselves; all others go by what the document says.
    let signed = operation.security.is_none();
    let asks = parameters(operation).any(|one| one.parameter_in == ParameterIn::Query);
    let has_version = parameters(operation).any(|one| one.name == "If-Match");
    let is_counted = !path.contains("/health");
    let kinds = [
        ("401", signed || path.contains("/auth/")),
        ("403", signed),
        ("404", path.contains('{')),
        ("409", signed && *method != HttpMethod::Get),
        ("412", has_version),
        ("422", asks || operation.request_body.is_some()),
        ("429", is_counted),
        ("503", is_counted),
    ];
    let kinds = kinds.into_iter().filter(|(_, comes)| *comes);
    kinds.map(|(code, _)| code).collect()
}

fn parameters(operation: &Operation) -> impl Iterator<Item = &Parameter> {
    let all = operation.parameters.iter().flatten();
    all.filter_map(|one| match one {
        RefOr::T(one) => Some(one),
        RefOr::Ref(_) => None,
    })
}

fn problem(code: &str) -> Response {
    let schema = Ref::from_schema_name("Problem");
    let content = ContentBuilder::new().schema(Some(schema)).build();
    let words = match code {
        "401" => "Nobody is signed in, or the credentials are wrong",
        "403" => "Not allowed",
        "404" => "It does not exist, or one may not see it",
        "409" => "Not possible in its present state",
        "412" => "It was changed meanwhile",
        "422" => "Some fields are not valid: `errors` names each",
        "429" => "Too many requests, or wrong tries",
        "503" => "Not at present",
        _ => "A problem",
    };
    let mut response = ResponseBuilder::new()
        .description(words)
        .content(PROBLEM_JSON, content)
        .build();
    if ["429", "503"].contains(&code) {
        let seconds = HeaderBuilder::new()
            .schema(Some(ObjectBuilder::new().schema_type(Type::Integer)))
            .description(Some("After how many seconds it may be tried again"));
        response
            .headers
            .insert("Retry-After".into(), RefOr::T(seconds.build()));
    }
    response
}

fn describe(code: &str, description: &mut String) {
    if !description.is_empty() {
        return;
    }
    *description = match code {
        "201" => "It was made",
        "204" => "It is done",
        "503" => "Not at present",
        _ => "What was asked for",
    }
    .into();
}
