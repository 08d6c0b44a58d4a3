use crate::parse::{Scanner, SyntaxError, is_param_value_char, is_token};

/// An ordered list of `name=value` parameters, whose names compare without regard to case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Params(Vec<Param>);

/// One parameter of a header value, a URI or a digest challenge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Param {
    name: String,
    value: Option<String>,
    is_quoted: bool,
}

impl Params {
    /// Makes an empty list.
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads `*(;name[=value])` up to the first byte that belongs to no parameter.
    pub(crate) fn parse_after_semicolons(scanner: &mut Scanner<'_>) -> Result<Self, SyntaxError> {
        let mut params = Self::new();
        while scanner.eat(b';') {
            params.0.push(Param::parse(scanner, is_param_value_char)?);
        }
        Ok(params)
    }

    /// Reads `name=value *(, name=value)` to the end, as digest challenges and credentials are built.
    pub(crate) fn parse_comma_separated(scanner: &mut Scanner<'_>) -> Result<Self, SyntaxError> {
        let mut params = Self::new();
        loop {
            // RFC 7616 §3.4 wants `uri` quoted, yet phones send it bare; no comma or space can be part
            // of it.
            params.0.push(Param::parse(scanner, |byte| {
                byte.is_ascii_graphic() && byte != b',' && byte != b'"'
            })?);
            if !scanner.eat(b',') {
                return Ok(params);
            }
        }
    }

    /// Sets `name` to `value`, in place when it exists, quoted when `value` is no token or host.
    pub fn set(&mut self, name: &str, value: &str) {
        let is_quoted = value.is_empty() || !value.bytes().all(is_param_value_char);
        self.put(Param {
            name: name.to_owned(),
            value: Some(value.to_owned()),
            is_quoted,
        });
    }

    /// Sets `name` to `value` between quotes, as digest demands for realm, nonce and their like.
    pub fn set_quoted(&mut self, name: &str, value: &str) {
        let (name, value) = (name.to_owned(), Some(value.to_owned()));
        self.put(Param {
            name,
            value,
            is_quoted: true,
        });
    }

    /// Sets `name` to a text already in its final form, never quoted: for URI parameters.
    pub(crate) fn set_bare(&mut self, name: &str, value: Option<&str>) {
        let value = value.map(str::to_owned);
        self.put(Param {
            name: name.to_owned(),
            value,
            is_quoted: false,
        });
    }

    /// Sets `name` as a flag without a value, such as `lr`.
    pub fn set_flag(&mut self, name: &str) {
        self.set_bare(name, None);
    }

    /// Appends a parameter without looking whether its name exists.
    pub(crate) fn push(&mut self, param: Param) {
        self.0.push(param);
    }

    /// Removes every parameter called `name`.
    pub fn remove(&mut self, name: &str) {
        self.0.retain(|param| !param.is_named(name));
    }

    /// Returns the value of `name` without its quotes; a parameter without a value yields none.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.find(name)?.value.as_deref()
    }

    /// Whether `name` is present, with or without a value.
    pub fn contains(&self, name: &str) -> bool {
        self.find(name).is_some()
    }

    /// Whether some name is given twice.
    pub fn has_duplicates(&self) -> bool {
        let mut rest = self.0.as_slice();
        while let [param, after @ ..] = rest {
            if after.iter().any(|other| other.is_named(&param.name)) {
                return true;
            }
            rest = after;
        }
        false
    }

    /// Whether there is no parameter.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Iterates in the order of the message.
    pub fn iter(&self) -> impl Iterator<Item = &Param> {
        self.0.iter()
    }

    /// Writes `;name=value` for each parameter.
    pub(crate) fn encode_with_semicolons(&self, out: &mut Vec<u8>) {
        for param in &self.0 {
            out.push(b';');
            param.encode(out);
        }
    }

    /// Writes the parameters with commas between them.
    pub(crate) fn encode_with_commas(&self, out: &mut Vec<u8>) {
        for (index, param) in self.0.iter().enumerate() {
            if index > 0 {
                out.extend_from_slice(b", ");
            }
            param.encode(out);
        }
    }

    fn put(&mut self, param: Param) {
        debug_assert!(is_token(param.name.as_bytes()), "a parameter's name is a token");
        match self.0.iter_mut().find(|existing| existing.is_named(&param.name)) {
            Some(existing) => *existing = param,
            None => self.0.push(param),
        }
    }

    fn find(&self, name: &str) -> Option<&Param> {
        self.0.iter().find(|param| param.is_named(name))
    }
}

impl Param {
    /// Makes a parameter in its final form, as it stands in a URI.
    pub(crate) fn bare(name: &str, value: Option<&str>) -> Self {
        Self {
            name: name.to_owned(),
            value: value.map(str::to_owned),
            is_quoted: false,
        }
    }

    fn parse(scanner: &mut Scanner<'_>, is_value_char: impl Fn(u8) -> bool) -> Result<Self, SyntaxError> {
        let name = scanner.token("a parameter name")?.to_owned();
        if !scanner.eat(b'=') {
            return Ok(Self {
                name,
                value: None,
                is_quoted: false,
            });
        }
        if scanner.peek() == Some(b'"') {
            // The grammar says UTF-8; a legacy encoding costs its own letters and nothing else.
            let value = String::from_utf8_lossy(&scanner.quoted()?).into_owned();
            return Ok(Self {
                name,
                value: Some(value),
                is_quoted: true,
            });
        }
        let value = scanner.text("a parameter value", is_value_char)?.to_owned();
        Ok(Self {
            name,
            value: Some(value),
            is_quoted: false,
        })
    }

    /// Returns the name as the message spells it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the value without its quotes.
    pub fn value(&self) -> Option<&str> {
        self.value.as_deref()
    }

    fn is_named(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }

    fn encode(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.name.as_bytes());
        let Some(value) = &self.value else { return };
        out.push(b'=');
        if self.is_quoted {
            encode_quoted(value.as_bytes(), out);
        } else {
            out.extend_from_slice(value.as_bytes());
        }
    }
}

/// Writes `text` as a quoted string, with a backslash before each quote and backslash.
pub(crate) fn encode_quoted(text: &[u8], out: &mut Vec<u8>) {
    out.push(b'"');
    for &byte in text {
        match byte {
            b'"' | b'\\' => out.extend_from_slice(&[b'\\', byte]),
            // A quoted string cannot carry a line end, not even escaped.
            b'\r' | b'\n' => out.push(b' '),
            plain => out.push(plain),
        }
    }
    out.push(b'"');
}
