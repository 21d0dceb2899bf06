//! What no WebSocket client may send: an open socket, and bytes that break its rules.

use anyhow::{Context, Result, ensure};
use it::Http;
use rand::{RngExt, rngs::StdRng};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// Bytes on a connection that has become a socket: after each of them the server has to end it.
pub fn breaking(lot: &mut StdRng) -> (&'static str, Vec<u8>) {
    let mask = lot.random::<u32>().to_be_bytes();
    let masked = |head: &[u8], body: &[u8]| {
        let body = body.iter().zip(mask.iter().cycle());
        let body = body.map(|(byte, mask)| byte ^ mask);
        head.iter()
            .chain(&mask)
            .copied()
            .chain(body)
            .collect::<Vec<u8>>()
    };
    let opcode = lot.random_range(3..8_u8);
    match lot.random_range(0..11) {
        0 => ("a reserved bit", masked(&[0xc1, 0x82], b"{}")),
        1 => ("an unknown opcode", masked(&[0x80 | opcode, 0x82], b"{}")),
        2 => ("no mask", b"\x81\x02{}".to_vec()),
        3 => (
            "a length beyond all bounds",
            masked(&[0x81, 0xff, 0x3f, 0, 0, 0, 0, 0, 0, 0], b"{}"),
        ),
        4 => (
            "a negative length",
            masked(&[0x82, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 1], b"{}"),
        ),
        5 => ("a ping in two parts", masked(&[0x09, 0x82], b"{}")),
        6 => (
            "a ping of 126 bytes",
            masked(&[0x89, 0xfe, 0, 126], &[b'x'; 126]),
        ),
        7 => (
            "the end of a message without its beginning",
            masked(&[0x80, 0x82], b"{}"),
        ),
        8 => {
            let begun = masked(&[0x01, 0x81], b"{");
            let again = masked(&[0x81, 0x82], b"{}");
            ("a message within another", [begun, again].concat())
        }
        9 => ("no UTF-8", masked(&[0x81, 0x82], b"\xff\xfe")),
        _ => {
            let part = masked(&[0x02, 0xfe, 0xff, 0xff], &vec![0; 0xffff]);
            let more = masked(&[0x00, 0xfe, 0xff, 0xff], &vec![0; 0xffff]);
            (
                "parts without end",
                [part, more.clone(), more.clone(), more].concat(),
            )
        }
    }
}

/// A connection that has become a socket, with nothing of a client's library around it.
pub struct Bare(TcpStream);

impl Bare {
    pub async fn open(http: &Http) -> Result<Self> {
        let ticket = http.post("/ws/ticket", &json!({})).await?.expect(200)?;
        let ticket = ticket["ticket"].as_str().context("a ticket")?;
        let address = http.base().replacen("http://", "", 1);
        let mut line = TcpStream::connect(&address).await?;
        let ask = format!(
            "GET /ws/connect?ticket={ticket} HTTP/1.1\r\nHost: {address}\r\nUpgrade: websocket\r\n\
             Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        );
        line.write_all(ask.as_bytes()).await?;
        let mut head = vec![0; 12];
        line.read_exact(&mut head).await?;
        let head = String::from_utf8_lossy(&head);
        ensure!(head == "HTTP/1.1 101", "{head}");
        Ok(Self(line))
    }

    /// Says it and waits for the end of the connection.
    pub async fn until_shown_out(mut self, bytes: &[u8]) {
        // It may be over before all was said.
        let _ = self.0.write_all(bytes).await;
        let mut rest = vec![0; 4096];
        while let Ok(1..) = self.0.read(&mut rest).await {}
    }
}
